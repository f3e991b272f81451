import type { Cache } from '../../cache/cache.ts';
import { assertContained } from '../../disk/containment.ts';
import { acquireLock } from '../../disk/lock.ts';

/**
 * Does something to the cache that no run may do at the same time.
 * @throws {RunError} if another process holds the lock
 */
export async function withLock<T>({ disk, paths }: Cache, work: () => T | Promise<T>): Promise<T> {
  assertContained(disk, paths);
  const lock = acquireLock(disk, paths.lock);
  try {
    return await work();
  } finally {
    lock.release();
  }
}
