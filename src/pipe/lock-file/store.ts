import { join } from 'node:path';
import { DiagnosticsError } from '../core/diagnostic.ts';
import { EXIT, RunError } from '../core/errors.ts';
import type { Disk } from '../disk/disk.ts';
import { type AcceptedProfile, type AcceptedResults, LOCK_FILE } from './accepted.ts';
import { parseLockFile } from './read.ts';
import { formatLockFile } from './write.ts';

/**
 * The accepted results of a project; none when nothing was accepted yet.
 * @throws {DiagnosticsError} when the file is no lock file
 */
export function loadLockFile(disk: Disk, root: string): AcceptedResults {
  const text = disk.read(join(root, LOCK_FILE))?.toString('utf8');
  if (text === undefined) return new Map();
  const results = parseLockFile(LOCK_FILE, text);
  if (!(results instanceof Map)) throw new DiagnosticsError(results as never);
  return results;
}

/**
 * The accepted results of one profile.
 * @throws {RunError} when there are none
 */
export function loadAccepted(disk: Disk, root: string, profile: string): AcceptedProfile {
  const found = loadLockFile(disk, root).get(profile);
  if (found !== undefined) return found;
  const option = profile === 'default' ? '' : ` --profile ${profile}`;
  throw new RunError(
    `${LOCK_FILE} has no accepted results of profile '${profile}'`,
    `make and accept them: npx pipe run${option} && npx pipe accept${option}`,
    EXIT.usage,
  );
}

/** Writes only what is new. */
export function saveLockFile(disk: Disk, root: string, results: AcceptedResults): void {
  const path = join(root, LOCK_FILE);
  const text = formatLockFile(results);
  if (disk.read(path)?.toString('utf8') !== text) disk.replace(path, text);
}
