import { once } from 'node:events';
import { expect, test } from 'vitest';
import { EXIT, RunError } from '../../../src/pipe/core/errors.ts';
import { identify, isAlive } from '../../../src/pipe/core/process-identity.ts';
import { acquireLock, lockHolder } from '../../../src/pipe/disk/lock.ts';
import { startProcess } from '../../processes.ts';
import { MemoryDisk } from '../memory-disk.ts';

const FOLDER = '/home/project/cache';
const LOCK = `${FOLDER}/lock`;

/** A disk with the lock of another process. */
function lockedBy(holder: object): MemoryDisk {
  const disk = new MemoryDisk(FOLDER);
  disk.write(
    LOCK,
    JSON.stringify({ since: '2026-01-01T00:00:00.000Z', nonce: 'theirs', ...holder }),
  );
  return disk;
}

const myself = identify(process.pid);

test('a lock has one holder, and the next one when it is released', () => {
  const disk = new MemoryDisk(FOLDER);
  const lock = acquireLock(disk, LOCK);
  expect(lockHolder(disk, LOCK)).toMatchObject(myself);
  expect(() => acquireLock(disk, LOCK)).toThrow(RunError);
  lock.release();
  expect(lockHolder(disk, LOCK)).toBeUndefined();
  acquireLock(disk, LOCK).release();
  expect(disk.list(FOLDER)).toEqual([]);
});

test('who holds it is said, with a code of its own', () => {
  const disk = lockedBy(myself);
  expect(() => acquireLock(disk, LOCK)).toThrow(
    expect.objectContaining({
      message: `another run is in progress in this project: process ${process.pid}, since 2026-01-01T00:00:00.000Z`,
      exitCode: EXIT.locked,
    }),
  );
});

test('a lock on a shared folder is that of a living process: another machine cannot know', () => {
  const disk = lockedBy({ ...myself, host: 'elsewhere', boot: 'other', pid: 1 });
  expect(() => acquireLock(disk, LOCK)).toThrow(/process 1 on elsewhere/);
  try {
    acquireLock(disk, LOCK);
  } catch (error) {
    expect((error as RunError).hint).toContain(`if it is gone, delete ${LOCK}`);
  }
});

test.each([
  ['a process that ended', { ...myself, pid: 2 ** 22 + 1 }],
  ['an earlier process with the id of a living one', { ...myself, started: '1' }],
  [
    'a process of an earlier start of the machine, with the id and start time of a living one',
    { ...myself, boot: 'earlier' },
  ],
  ['a damaged disk', 'garbage'],
])('the lock of %s is taken over', (_, holder) => {
  const disk = typeof holder === 'string' ? new MemoryDisk(FOLDER) : lockedBy(holder);
  if (typeof holder === 'string') disk.write(LOCK, '{"pid":1');
  acquireLock(disk, LOCK);
  expect(lockHolder(disk, LOCK)).toMatchObject(myself);
  expect(disk.list(FOLDER)).toEqual(['lock']);
});

test('a process that was killed and not waited for is dead', async () => {
  const child = startProcess(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
    stdio: 'ignore',
  });
  await once(child, 'spawn');
  const identity = identify(child.pid ?? 0);
  expect(isAlive(identity)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isAlive(identity)).toBe(false);
});

/** Takes the lock, and before one of its accesses to the disk lets another process take it. */
function race(
  disk: MemoryDisk,
  at: number,
): { readonly holders: number; readonly changes: number } {
  let holders = 0;
  const attempt = () => {
    try {
      acquireLock(disk, LOCK);
      holders += 1;
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
    }
  };
  const begin = disk.changes;
  disk.interfere = (change) => {
    if (change - begin === at) {
      disk.interfere = () => undefined;
      attempt();
    }
    return undefined;
  };
  attempt();
  return { holders, changes: disk.changes - begin };
}

test.each([
  ['a free lock', () => new MemoryDisk(FOLDER)],
  ['the lock of a dead process', () => lockedBy({ ...myself, started: '1' })],
])('of two processes that find %s, at whatever moments, one gets it', (_, make) => {
  const { changes } = race(make(), 0);
  for (let at = 1; at <= changes; at += 1) {
    const disk = make();
    expect({ at, ...race(disk, at) }).toMatchObject({ at, holders: 1 });
    expect(disk.list(FOLDER)).toEqual(['lock']);
  }
});
