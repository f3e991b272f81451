import { join } from 'node:path';
import type { Cache } from '../cache/cache.ts';
import type { ActionKey } from '../core/digest.ts';
import { clearLockLeftovers } from '../disk/lock.ts';
import { lastRunId, readRunRecord } from '../runs/record.ts';

/** Removes what killed runs left half done; only for the holder of the lock. */
export function clearLeftovers({ actions, disk, paths }: Cache): void {
  disk.remove(paths.temporary);
  for (const key of disk.list(paths.checkpoints) as readonly ActionKey[]) {
    // Killed between recording a result and clearing up.
    if (actions.get(key) !== undefined) disk.remove(paths.checkpoint(key));
  }
  for (const folder of [paths.cache, paths.runs, paths.code, paths.knownCurrent]) {
    for (const name of disk.list(folder)) {
      if (/\.\d+\.tmp$/.test(name)) disk.remove(join(folder, name));
    }
  }
  // The last one may have ended between the files that it left about itself.
  const last = lastRunId(disk, paths.runs);
  if (last !== undefined && readRunRecord(disk, paths.runs, last) === undefined) {
    disk.remove(join(paths.runs, last));
  }
  clearLockLeftovers(disk, paths.lock);
}
