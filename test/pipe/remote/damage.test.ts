import { expect, test } from 'vitest';
import { eventsOf } from '../project.ts';
import { FileServer, type Mischief } from './server.ts';
import { graph, Site, shared } from './site.ts';

const only =
  (path: string, mischief: Mischief): Mischief =>
  (request, response, file) =>
    request.method === 'GET' &&
    (request.url ?? '').startsWith(path) &&
    mischief(request, response, file);

const send = (response: Parameters<Mischief>[1], body: Buffer) => {
  response.writeHead(200, { 'content-length': body.length }).end(body);
  return true;
};

const damages: readonly (readonly [string, Mischief])[] = [
  [
    'a bit flipped',
    only('/cas', (_, response, file = Buffer.alloc(0)) =>
      send(response, Buffer.from(file.map((byte, i) => (i === 3 ? byte ^ 4 : byte)))),
    ),
  ],
  [
    'a truncated file',
    only('/cas', (_, response, file = Buffer.alloc(0)) => send(response, file.subarray(0, 5))),
  ],
  [
    'a longer file',
    only('/cas', (_, response, file = Buffer.alloc(0)) =>
      send(response, Buffer.concat([file, file])),
    ),
  ],
  [
    'an endless file',
    only('/cas', (_, response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536))) {}
        response.once('drain', more);
      };
      more();
      return true;
    }),
  ],
  [
    'a record without its files',
    only('/cas', (_, response) => {
      response.writeHead(404).end();
      return true;
    }),
  ],
  [
    'a page of HTML in place of a record',
    only('/ac', (_, response) => send(response, Buffer.from('<html>Sign in</html>'))),
  ],
  [
    'the record of another stage',
    only('/ac', (_, response) =>
      send(
        response,
        Buffer.from('2a1e7b227365636f6e6473223a302c2266696e6973686564223a317d', 'hex'),
      ),
    ),
  ],
];

test.each(damages)(
  '%s is not used: pull reports it, and a run produces the result itself',
  async (_, mischief) => {
    const { server, here, there } = await shared();
    server.mischief = mischief;
    const pulled = await there.pull();
    expect(pulled).toMatchObject({ fetched: 0, missing: 1, waiting: 3 });
    expect(pulled.damaged).toEqual([expect.stringMatching(/^(ac|cas)\/[0-9a-f]{64}$/)]);
    expect(there.artifacts()).toEqual([]);
    expect(there.disk.list(`${there.root}/cache/blobs`)).toEqual([]);
    const { ran, events } = await there.project.run(graph, { remote: there.remote });
    expect(ran).toHaveLength(4);
    expect(eventsOf(events, 'warning').map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/in the remote cache is damaged and was not used$/),
    );
    expect(there.artifacts()).toEqual(here.artifacts());
  },
);

test('push --force repairs damaged files on the server', async () => {
  const { server, here, there } = await shared();
  for (const path of server.files.keys())
    if (path.startsWith('/cas')) server.files.set(path, Buffer.from('bad'));
  expect((await there.pull()).damaged).toHaveLength(1);
  expect(await here.push()).toMatchObject({ sent: 0 });
  expect(await here.push(true)).toMatchObject({ sent: 4 });
  expect(await there.pull()).toMatchObject({ fetched: 4, damaged: [] });
});

test('a blob that is damaged locally is not sent', async () => {
  const server = await FileServer.start();
  const here = new Site(server);
  await here.project.run(graph);
  const [blob] = Object.keys(here.disk.files(`${here.root}/cache/blobs`));
  here.disk.write(blob, 'bad');
  const { sent, lost } = await here.push();
  expect({ sent, lost: lost.length }).toEqual({ sent: 3, lost: 1 });
  expect([...server.files.values()].map(String)).not.toContain('bad');
});
