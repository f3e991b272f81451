import type { ActionKey } from '../core/digest.ts';
import type { Disk } from '../disk/disk.ts';
import type { Paths } from '../disk/paths.ts';
import { keyOf, WorkFolders } from './work-folders.ts';

/**
 * What the latest attempt at an action on the cluster has printed, where no run has taken it in yet.
 * @returns `undefined` if there is no such attempt; empty where its log cannot be seen here, or is empty
 */
export function leftLog(disk: Disk, paths: Paths, key: ActionKey): string | undefined {
  const folders = new WorkFolders(disk, paths);
  const id = folders.ids().findLast((one) => keyOf(one) === key);
  if (id === undefined) return undefined;
  return disk.read(folders.places(id).log)?.toString('utf8') ?? '';
}

/**
 * The log of an instance with that of its latest attempt.
 * @param log of earlier attempts, and perhaps the beginning of this one
 */
export function withAttempt(log: string, attempt: string): string {
  const [first] = attempt.split('\n', 1);
  for (let at = log.indexOf(first); at !== -1; at = log.indexOf(first, at + 1)) {
    const known = log.slice(at);
    if (attempt.startsWith(known)) return log.slice(0, at) + attempt;
    if (known.startsWith(attempt)) return log;
  }
  return log + attempt;
}
