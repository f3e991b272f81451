import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { realDisk } from '../../../src/pipe/disk/disk.ts';
import { fetchOnce } from '../../../src/pipe/inputs/download.ts';
import { temporaryFolder } from '../project.ts';
import { FileServer, type Mischief } from '../remote/server.ts';

const CONTENT = Buffer.from('some raw data, longer than a part of it');
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');

/** A server that has the file, and the place where it goes. */
async function site(mischief?: Mischief) {
  const server = await FileServer.start();
  server.files.set('/data.csv', CONTENT);
  if (mischief !== undefined) server.mischief = mischief;
  const path = join(temporaryFolder(), 'downloads/data.csv');
  const download = { url: `${server.url}/data.csv`, sha256: SHA256, path };
  const fetchIt = (idleTimeout?: number) => {
    const { signal } = new AbortController();
    return fetchOnce(realDisk, download, signal, () => {}, idleTimeout);
  };
  return { server, path, fetchIt };
}

/** Answers the range that is asked for. */
const withRanges: Mischief = (request, response, file) => {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (file === undefined || start === 0) return false;
  response.writeHead(206).end(file.subarray(start));
  return true;
};

test('a file is fetched once', async () => {
  const { server, path, fetchIt } = await site();
  await fetchIt();
  await fetchIt();
  expect(readFileSync(path)).toEqual(CONTENT);
  expect(server.count('GET')).toBe(1);
});

test.each([
  ['continues where it ends', withRanges],
  ['is fetched anew where the server knows no ranges', undefined],
])('an incomplete file %s', async (_, mischief) => {
  const { path, fetchIt } = await site(mischief);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.part`, CONTENT.subarray(0, 10));
  await fetchIt();
  expect(readFileSync(path)).toEqual(CONTENT);
  expect(existsSync(`${path}.part`)).toBe(false);
});

test('a part of an older version is thrown away', async () => {
  const { path, fetchIt } = await site(withRanges);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.part`, 'other data');
  await fetchIt();
  expect(readFileSync(path)).toEqual(CONTENT);
});

test('other content than expected is refused, and nothing of it stays', async () => {
  const { server, path, fetchIt } = await site();
  server.files.set('/data.csv', Buffer.from('forged'));
  await expect(fetchIt()).rejects.toThrow(/other content than expected: its SHA-256 is/);
  expect([existsSync(path), existsSync(`${path}.part`)]).toEqual([false, false]);
});

test('after a connection that broke the next attempt goes on', async () => {
  let isBroken = true;
  const { path, fetchIt } = await site((request, response, file) => {
    if (!isBroken) return withRanges(request, response, file);
    response.writeHead(200, { 'content-length': CONTENT.length });
    response.write(CONTENT.subarray(0, 12), () => response.socket?.end());
    return true;
  });
  await expect(fetchIt()).rejects.toThrow(/cannot fetch http.*data\.csv: /);
  expect(existsSync(path)).toBe(false);
  isBroken = false;
  await fetchIt();
  expect(readFileSync(path)).toEqual(CONTENT);
});

test('a server that is silent, absent or without the file is one clear error', async () => {
  const silent = await site(() => true);
  await expect(silent.fetchIt(50)).rejects.toThrow(/nothing came for 0\.05 s/);
  const { server, fetchIt } = await site();
  server.files.clear();
  await expect(fetchIt()).rejects.toThrow(/it is not there \(status 404\)/);
  const { signal } = new AbortController();
  const nowhere = {
    url: 'http://127.0.0.1:9/x',
    sha256: SHA256,
    path: join(temporaryFolder(), 'x'),
  };
  await expect(fetchOnce(realDisk, nowhere, signal, () => {})).rejects.toThrow(
    /cannot fetch http:\/\/127\.0\.0\.1:9\/x: /,
  );
});
