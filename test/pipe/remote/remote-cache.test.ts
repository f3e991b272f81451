import { expect, test } from 'vitest';
import { Cache } from '../../../src/pipe/cache/cache.ts';
import { realClock } from '../../../src/pipe/core/clock.ts';
import { RunError } from '../../../src/pipe/core/errors.ts';
import { HttpStore } from '../../../src/pipe/remote/http-store.ts';
import { pull } from '../../../src/pipe/remote/pull.ts';
import { push } from '../../../src/pipe/remote/push.ts';
import { RemoteCache } from '../../../src/pipe/remote/remote-cache.ts';
import { MemoryDisk, systemError } from '../memory-disk.ts';
import { eventsOf, graphOf, type Node, TestProject } from '../project.ts';
import { FileServer, type Mischief } from './server.ts';

const nodes: readonly Node[] = [
  { id: 'top', params: { x: 1 } },
  { id: 'left', needs: ['top'], params: { side: 'l' } },
  { id: 'right', needs: ['top'], params: { side: 'r' } },
  { id: 'bottom', needs: ['left', 'right'] },
];
const graph = graphOf(nodes);
const SECRET = 'Bearer hunter2';

/** A project on a machine of its own that shares a remote cache with others. */
class Site {
  readonly root: string;
  readonly disk: MemoryDisk;
  readonly project: TestProject;
  readonly #server: FileServer;

  constructor(server: FileServer, root = '/home/someone/project') {
    this.root = root;
    this.disk = new MemoryDisk(root);
    this.project = new TestProject(root, this.disk);
    this.#server = server;
  }

  readonly remote = (cache: Cache): RemoteCache => {
    const address = { url: this.#server.url, authorization: SECRET };
    // Waits for nothing; a server is hung that says nothing for a moment.
    const clock = {
      ...realClock,
      after: (_: number, call: () => void) => realClock.after(0, call),
    };
    return new RemoteCache(new HttpStore(address, { clock, patience: 100 }), cache);
  };

  cache(): Cache {
    return new Cache(this.root, this.disk, '1');
  }

  async push(again = false) {
    const cache = this.cache();
    return await push(cache, this.remote(cache), graph.instances, this.#codeOf, again);
  }

  async pull() {
    const cache = this.cache();
    const counts = await pull(cache, this.remote(cache), graph.instances, this.#codeOf);
    cache.save();
    return counts;
  }

  readonly #codeOf = (module: string) => `code of ${module}`;

  artifacts() {
    return Object.values(this.disk.files(`${this.root}/artifacts`));
  }
}

/** A server that has all results, and a site elsewhere that has none. */
async function shared() {
  const server = await FileServer.start();
  const here = new Site(server);
  await here.project.run(graph);
  await here.push();
  server.requests.length = 0;
  return { server, here, there: new Site(server, '/srv/other') };
}

test('what one site pushed another pulls: artifacts in place, nothing to run', async () => {
  const server = await FileServer.start();
  const here = new Site(server);
  await here.project.run(graph);
  expect(await here.push()).toMatchObject({ sent: 4, known: 0, undone: 0, lost: [] });
  expect(
    [...server.files.keys()].filter((path) => !/^\/(cas|ac)\/[0-9a-f]{64}$/.test(path)),
  ).toEqual([]);

  const there = new Site(server, '/srv/other');
  expect(await there.pull()).toMatchObject({ fetched: 4, missing: 0, waiting: 0, damaged: [] });
  expect(there.artifacts()).toEqual(here.artifacts());
  expect((await there.project.run(graph)).counts).toMatchObject({ current: 4, ran: 0 });
});

test('a second push or pull moves nothing', async () => {
  const { server, here, there } = await shared();
  expect(await here.push()).toMatchObject({ sent: 0, known: 4, bytes: 0 });
  expect(server.count('PUT')).toBe(0);
  await there.pull();
  server.requests.length = 0;
  expect(await there.pull()).toMatchObject({ present: 4, fetched: 0, bytes: 0 });
  expect(server.requests).toEqual([]);
});

test('push sends what is done, and says what is not', async () => {
  const server = await FileServer.start();
  const here = new Site(server);
  await here.project.run(graph, { targets: ['left'] });
  expect(await here.push()).toMatchObject({ sent: 2, undone: 2 });
  const there = new Site(server, '/srv/other');
  expect(await there.pull()).toMatchObject({ fetched: 2, missing: 1, waiting: 1 });
});

test('a run takes what the remote cache has and runs the rest', async () => {
  const { server, there } = await shared();
  const edited = nodes.map((node) =>
    node.id === 'right' ? { ...node, params: { side: 'R' } } : node,
  );
  const { ran, events, counts } = await there.project.run(graphOf(edited), {
    remote: there.remote,
  });
  expect(ran).toEqual(['right', 'bottom']);
  expect(counts).toMatchObject({ restored: 2, ran: 2 });
  expect(eventsOf(events, 'restored')).toMatchObject([{ remote: true }, { remote: true }]);
  expect(server.count('PUT')).toBe(0);
});

test('early cutoff reaches into the remote cache', async () => {
  const { there } = await shared();
  // Another code of the same result: what needs it is known under its own key.
  there.project.code.combine = 'code of combine';
  there.project.behaviours.rewritten = (inputs, params) =>
    `(${JSON.stringify(params)}${inputs.join()})`;
  const edited = nodes.map((node) => (node.id === 'top' ? { ...node, module: 'rewritten' } : node));
  const { ran, counts } = await there.project.run(graphOf(edited), { remote: there.remote });
  expect(ran).toEqual(['top']);
  expect(counts.restored).toBe(3);
});

test('--force asks nobody', async () => {
  const { server, there } = await shared();
  const { ran } = await there.project.run(graph, { force: true, remote: there.remote });
  expect(ran).toHaveLength(4);
  expect(server.requests).toEqual([]);
});

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

test.each(damages)('%s is not used: pull says so, a run makes it itself', async (_, mischief) => {
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
    expect.stringMatching(/of the remote cache is damaged: not used$/),
  );
  expect(there.artifacts()).toEqual(here.artifacts());
});

test('push --force mends what is damaged there', async () => {
  const { server, here, there } = await shared();
  for (const path of server.files.keys())
    if (path.startsWith('/cas')) server.files.set(path, Buffer.from('bad'));
  expect((await there.pull()).damaged).toHaveLength(1);
  expect(await here.push()).toMatchObject({ sent: 0 });
  expect(await here.push(true)).toMatchObject({ sent: 4 });
  expect(await there.pull()).toMatchObject({ fetched: 4, damaged: [] });
});

test('a blob that is damaged here is not spread', async () => {
  const server = await FileServer.start();
  const here = new Site(server);
  await here.project.run(graph);
  const [blob] = Object.keys(here.disk.files(`${here.root}/cache/blobs`));
  here.disk.write(blob, 'bad');
  const { sent, lost } = await here.push();
  expect({ sent, lost: lost.length }).toEqual({ sent: 3, lost: 1 });
  expect([...server.files.values()].map(String)).not.toContain('bad');
});

/** Answers some requests badly and then rightly. */
function first(count: number, mischief: Mischief): Mischief {
  let left = count;
  return (...all) => {
    left -= 1;
    return left >= 0 && mischief(...all);
  };
}

const answer =
  (status: number, headers: Record<string, string> = {}): Mischief =>
  (request, response) => {
    request.resume();
    response.writeHead(status, headers).end('no');
    return true;
  };

const passing: readonly (readonly [string, Mischief])[] = [
  ['500', answer(500)],
  ['503', answer(503)],
  ['429', answer(429)],
  [
    'a connection that breaks off',
    (request) => {
      request.destroy();
      return true;
    },
  ],
  [
    'a body that breaks off',
    (_, response, file = Buffer.from('x')) => {
      response.writeHead(200, { 'content-length': file.length + 10 });
      response.write(file, () => response.destroy());
      return true;
    },
  ],
  ['silence', () => true],
];

test.each(passing)('%s is tried again', async (_, mischief) => {
  const { server, here, there } = await shared();
  server.mischief = first(2, mischief);
  expect(await there.pull()).toMatchObject({ fetched: 4, damaged: [] });
  server.files.clear();
  server.mischief = first(2, mischief);
  expect(await here.push()).toMatchObject({ sent: 4 });
  expect(await new Site(server, '/srv/third').pull()).toMatchObject({ fetched: 4 });
});

const lasting: readonly (readonly [string, Mischief, RegExp, number])[] = [
  ['401', answer(401), /answered GET http.* with 401: it wants credentials/, 1],
  ['403', answer(403), /with 403: it refuses this user/, 1],
  [
    'a redirect',
    answer(302, { location: 'http://evil.example.org/?signed=1' }),
    /it redirects to http:\/\/evil\.example\.org\/$/,
    1,
  ],
  ['500 for ever', answer(500), /with 500$/, 4],
  ['silence for ever', () => true, /cannot be reached .*: no answer in time/, 4],
];

test.each(lasting)(
  '%s is one clear error of pull, and a warning of a run',
  async (_, mischief, words, attempts) => {
    const { server, here, there } = await shared();
    server.mischief = mischief;
    const error = await there.pull().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RunError);
    const { message, hint } = error as RunError;
    expect(message).toMatch(words);
    expect(hint).toBeDefined();
    expect(`${message} ${hint}`).not.toContain('hunter2');
    expect(server.requests).toHaveLength(attempts);
    const { ran, events, ok } = await there.project.run(graph, { remote: there.remote });
    expect({ ok, ran: ran.length }).toEqual({ ok: true, ran: 4 });
    expect(eventsOf(events, 'warning')).toMatchObject([
      { message: expect.stringMatching(/; going on without it$/) },
    ]);
    expect(there.artifacts()).toEqual(here.artifacts());
  },
);

test.each([
  [405, /it does not take files/],
  [409, /it makes no folders/],
  [413, /the file is too large for it/],
  [507, /its disk is full/],
])('a push that is answered with %i says what it means', async (status, words) => {
  const server = await FileServer.start();
  const here = new Site(server);
  await here.project.run(graph);
  server.mischief = (request, ...rest) =>
    request.method === 'PUT' && answer(status)(request, ...rest);
  await expect(here.push()).rejects.toThrow(words);
  expect([...server.files]).toEqual([]);
});

test('a server that is not there is one clear error', async () => {
  const server = await FileServer.start();
  server.url = 'http://127.0.0.1:1';
  await expect(new Site(server).pull()).rejects.toThrow(
    /the remote cache cannot be reached \(GET http:\/\/127\.0\.0\.1:1\/ac\/\w+\): nothing listens there/,
  );
});

test('credentials go to that server in every request, and into no file', async () => {
  const { server, there } = await shared();
  await there.pull();
  expect([...server.authorizations]).toEqual([SECRET]);
  expect(Object.values(there.disk.files('/')).join()).not.toContain('hunter2');
});

test('a disk that is full while something is fetched is said to be that', async () => {
  const { there } = await shared();
  there.disk.interfere = (_, operation, path) =>
    operation === 'write' && path.includes('/remote-') ? systemError('ENOSPC', path) : undefined;
  await expect(there.pull()).rejects.toThrow(/the disk is full/);
});

test('a pull that is stopped at any change leaves a state from which the next one goes on', async () => {
  const { there } = await shared();
  const begin = there.disk.changes;
  await there.pull();
  const changes = there.disk.changes - begin;
  const { server } = await shared();
  for (let at = 1; at < changes; at += 5) {
    const site = new Site(server, '/srv/third');
    const start = site.disk.changes;
    site.disk.interfere = (change) => (change - start >= at ? systemError('EIO') : undefined);
    await site.pull().catch(() => {});
    site.disk.interfere = () => undefined;
    expect(await site.pull()).toMatchObject({ missing: 0, damaged: [] });
    expect(site.artifacts()).toEqual(there.artifacts());
  }
});
