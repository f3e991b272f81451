import { expect, test } from 'vitest';
import { RunError } from '../../../src/pipe/core/errors.ts';
import { HttpStore } from '../../../src/pipe/remote/http-store.ts';
import { eventsOf } from '../project.ts';
import { FileServer, type Mischief } from './server.ts';
import { graph, SECRET, Site, shared } from './site.ts';

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

test.each(passing)('%s is retried', async (_, mischief) => {
  const { server, here, there } = await shared();
  server.mischief = first(2, mischief);
  expect(await there.pull()).toMatchObject({ fetched: 4, damaged: [] });
  server.files.clear();
  server.mischief = first(2, mischief);
  expect(await here.push()).toMatchObject({ sent: 4 });
  expect(await new Site(server, '/srv/third').pull()).toMatchObject({ fetched: 4 });
});

const lasting: readonly (readonly [string, Mischief, RegExp, number])[] = [
  ['401', answer(401), /answered GET http.* with 401: credentials are missing or wrong/, 1],
  ['403', answer(403), /with 403: permission denied/, 1],
  [
    'a redirect',
    answer(302, { location: 'http://evil.example.org/?signed=1' }),
    /a redirect to http:\/\/evil\.example\.org\/$/,
    1,
  ],
  ['500 for ever', answer(500), /with 500$/, 4],
  [
    'a byte now and then for ever',
    (_, response) => {
      response.writeHead(200, { 'content-length': 1e6 });
      const drip = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(drip));
      return true;
    },
    /cannot reach the remote cache .*: it sends and takes less than 1 kB\/s$/,
    2,
  ],
  ['silence for ever', () => true, /cannot reach the remote cache .*: timed out/, 4],
];

test.each(lasting)(
  '%s is one clear error in a pull and one warning in a run',
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
      { message: expect.stringMatching(/; continuing without it$/) },
    ]);
    expect(there.artifacts()).toEqual(here.artifacts());
  },
);

test.each([
  [405, /uploads are not enabled/],
  [409, /does not create folders/],
  [413, /the file exceeds the size limit/],
  [507, /its disk is full/],
])('a push that is answered with %i explains the cause', async (status, words) => {
  const server = await FileServer.start();
  const here = new Site(server);
  await here.project.run(graph);
  server.mischief = (request, ...rest) =>
    request.method === 'PUT' && answer(status)(request, ...rest);
  await expect(here.push()).rejects.toThrow(words);
  expect([...server.files]).toEqual([]);
});

test('the user is told once when the server takes long', async () => {
  const server = await FileServer.start();
  server.mischief = () => true;
  let calls = 0;
  const onWait = () => {
    calls += 1;
  };
  const address = { url: server.url, authorization: undefined };
  const options = { backoff: 0, idleTimeout: 50, patience: 5, onWait };
  const store = new HttpStore(address, options);
  await expect(Promise.all([store.has('a'), store.has('b')])).rejects.toThrow('timed out');
  expect(calls).toBe(1);
});

test('an unreachable server is one clear error', async () => {
  const server = await FileServer.start();
  server.url = 'http://127.0.0.1:1';
  await expect(new Site(server).pull()).rejects.toThrow(
    /cannot reach the remote cache \(GET http:\/\/127\.0\.0\.1:1\/ac\/\w+\): connection refused/,
  );
});

test('credentials are sent with every request and written to no file', async () => {
  const { server, there } = await shared();
  await there.pull();
  expect([...server.authorizations]).toEqual([SECRET]);
  expect(Object.values(there.disk.files('/')).join()).not.toContain('hunter2');
});
