import { join } from 'node:path';
import type { Cache } from '../cache/cache.ts';
import { isPartial } from '../cache/output-store.ts';
import type { ActionKey } from '../core/digest.ts';
import { assertContained } from '../disk/containment.ts';
import { acquireLock, clearLockLeftovers } from '../disk/lock.ts';
import { isTemporary } from '../disk/write-atomically.ts';

/**
 * Does something to the cache that no run may do at the same time, and saves what it learns.
 * @throws {RunError} if another process holds the lock
 */
export async function withLock<T>(cache: Cache, work: () => T | Promise<T>): Promise<T> {
  const { disk, paths } = cache;
  assertContained(disk, paths);
  const lock = acquireLock(disk, paths.lock);
  try {
    return await work();
  } finally {
    cache.save();
    lock.release();
  }
}

/** Removes what killed runs left behind; only for the holder of the lock. */
export function clearLeftovers({ actions, disk, paths }: Cache): void {
  disk.remove(paths.temporary);
  for (const name of disk.list(paths.artifacts)) {
    if (isPartial(name)) disk.remove(join(paths.artifacts, name));
  }
  for (const name of disk.list(paths.checkpoints)) {
    // The run was killed between recording a result and removing its checkpoint, or the note of its time.
    const key = name.split('.', 1)[0] as ActionKey;
    if (actions.get(key) !== undefined) disk.remove(join(paths.checkpoints, name));
  }
  for (const folder of paths.replacedIn) {
    for (const name of disk.list(folder)) if (isTemporary(name)) disk.remove(join(folder, name));
  }
  clearLockLeftovers(disk, paths.lock);
}
