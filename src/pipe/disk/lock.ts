import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { EXIT, explainDiskFault, RunError } from '../core/errors.ts';
import { identify, isAlive, type ProcessIdentity } from '../core/process-identity.ts';
import type { Disk } from './disk.ts';

/** What the lock file says. */
interface Holder extends ProcessIdentity {
  /** ISO time. */
  readonly since: string;
  /** Unique to one acquisition of the lock. */
  readonly nonce: string;
}

interface Lock {
  release(): void;
}

const REMEDY = 'wait for it to end, or stop it with Ctrl-C in its terminal';

/**
 * One holder at a time. A lock left by a dead process is taken over under a second lock, named
 * after the dead holder, so only one of several processes takes it over.
 *
 * @throws {RunError} naming the process that holds it
 */
export function acquireLock(disk: Disk, path: string): Lock {
  const holder: Holder = {
    ...identify(process.pid),
    since: new Date().toISOString(),
    nonce: randomBytes(6).toString('hex'),
  };
  const temporary = `${path}.${holder.nonce}.tmp`;
  try {
    disk.makeFolder(dirname(path));
    disk.write(temporary, `${JSON.stringify(holder)}\n`);
    take(disk, path, temporary);
  } catch (error) {
    throw explainDiskFault(error, `lock the project (${path})`);
  } finally {
    tidy(disk, temporary);
  }
  return {
    release() {
      // If it cannot be removed, the next run finds the lock of a dead process.
      if (read(disk, path)?.nonce === holder.nonce) tidy(disk, path);
    },
  };
}

/** The living process that holds the lock, if there is one. */
export function lockHolder(disk: Disk, path: string): Holder | undefined {
  const holder = read(disk, path);
  return holder !== undefined && isAlive(holder) ? holder : undefined;
}

function take(disk: Disk, path: string, mine: string): void {
  // A lock may vanish between linking and reading, but not ten times in a row.
  for (let attempt = 0; attempt < 10; attempt += 1) {
    // A link appears with all its content: half a lock is never read.
    if (disk.link(mine, path)) return;
    const holder = read(disk, path);
    if (holder === undefined) continue;
    if (isAlive(holder)) throw lockedBy(holder, path);
    const takeoverLock = `${path}.after-${holder.nonce}`;
    take(disk, takeoverLock, mine);
    try {
      if (read(disk, path)?.nonce !== holder.nonce) continue;
      const copy = `${mine}.2`;
      disk.link(mine, copy);
      disk.rename(copy, path);
      return;
    } finally {
      tidy(disk, takeoverLock);
    }
  }
  throw new RunError(`cannot lock the project: ${path} keeps changing`, 'try again in a moment');
}

function lockedBy({ pid, host, since }: Holder, path: string): RunError {
  const here = identify(process.pid).host;
  const place = host === here ? '' : ` on ${host}`;
  const remedy = host === here ? REMEDY : `${REMEDY}; if it is gone, delete ${path}`;
  return new RunError(
    `another run is in progress in this project: process ${pid}${place}, since ${since}`,
    remedy,
    EXIT.locked,
  );
}

function read(disk: Disk, path: string): Holder | undefined {
  const text = disk.read(path)?.toString('utf8');
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Holder;
  } catch {
    // Damaged by the disk. Its holder cannot be known, so it counts as dead.
    return {
      pid: 0,
      host: identify(0).host,
      boot: 'none',
      started: '',
      since: '',
      nonce: 'damaged',
    };
  }
}

/** Removes files left by processes that died while they took the lock. */
export function clearLockLeftovers(disk: Disk, path: string): void {
  for (const name of disk.list(dirname(path))) {
    const left = `${dirname(path)}/${name}`;
    if (!left.startsWith(`${path}.`)) continue;
    const holder = read(disk, left);
    if (holder !== undefined && !isAlive(holder)) tidy(disk, left);
  }
}

function tidy(disk: Disk, path: string): void {
  try {
    disk.remove(path);
  } catch {
    // A leftover of a few bytes, nothing more.
  }
}
