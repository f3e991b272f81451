import { dirname } from 'node:path';
import type { Disk } from './disk.ts';

/** What it takes to replace a file. */
type ReplacingDisk = Pick<Disk, 'makeFolder' | 'write' | 'syncNow' | 'rename' | 'remove'>;

/**
 * Replaces a small file, or makes it: whoever reads it finds the old content or the new, never a part.
 *
 * @param durable whether the new content must survive a power cut from now on. Otherwise a power cut
 *   may leave any part of it, and its reader must check that it is complete.
 */
export function writeAtomically(
  disk: ReplacingDisk,
  path: string,
  content: string | Uint8Array,
  { durable = false }: { readonly durable?: boolean } = {},
): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    disk.makeFolder(dirname(path));
    disk.write(temporary, content);
    if (durable) disk.syncNow(temporary);
    disk.rename(temporary, path);
  } catch (error) {
    removeQuietly(disk, temporary);
    throw error;
  }
  // The names in a folder are its own data: without this the rename is lost with the power.
  if (durable) disk.syncNow(dirname(path));
}

/** Whether a file is one that a killed process was about to put in the place of another. */
export function isTemporary(name: string): boolean {
  return /\.\d+\.tmp$/.test(name);
}

/** After an error that says more than this one could. */
function removeQuietly(disk: ReplacingDisk, path: string): void {
  try {
    disk.remove(path);
  } catch {
    // The next run removes it.
  }
}
