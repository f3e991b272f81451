import { join } from 'node:path';
import { DiagnosticsError } from '../core/diagnostic.ts';
import { EXIT, RunError } from '../core/errors.ts';
import type { Disk } from '../disk/disk.ts';
import { writeAtomically } from '../disk/write-atomically.ts';
import { argumentsOf } from '../pipeline/arguments.ts';
import {
  type AcceptedProfile,
  type AcceptedResults,
  formatLockFile,
  LOCK_FILE,
} from './accepted.ts';

/**
 * The accepted results of a project; empty if nothing was accepted yet.
 * @throws {DiagnosticsError} if the lock file is invalid
 */
export async function loadLockFile(disk: Disk, root: string): Promise<AcceptedResults> {
  const text = disk.read(join(root, LOCK_FILE))?.toString('utf8');
  return text === undefined ? new Map() : await readLockFile(LOCK_FILE, text);
}

/** @throws {DiagnosticsError} if the text is invalid */
export async function readLockFile(file: string, text: string): Promise<AcceptedResults> {
  // It loads zod, which takes longer than most commands.
  const { parseLockFile } = await import('./read.ts');
  const results = parseLockFile(file, text);
  if ('length' in results) throw new DiagnosticsError(results);
  return results;
}

/**
 * The accepted results of one profile.
 * @throws {RunError} if there are none
 */
export async function loadAccepted(
  disk: Disk,
  root: string,
  profile: string,
): Promise<AcceptedProfile> {
  const accepted = (await loadLockFile(disk, root)).get(profile);
  if (accepted !== undefined) return accepted;
  const option = argumentsOf([], profile);
  throw new RunError(
    `${LOCK_FILE} has no results for profile '${profile}'`,
    `produce and accept them: npx pipe run${option} && npx pipe accept${option}`,
    EXIT.usage,
  );
}

/** Leaves an unchanged file untouched. */
export function saveLockFile(disk: Disk, root: string, results: AcceptedResults): void {
  const path = join(root, LOCK_FILE);
  const text = formatLockFile(results);
  if (disk.read(path)?.toString('utf8') !== text)
    writeAtomically(disk, path, text, { durable: true });
}
