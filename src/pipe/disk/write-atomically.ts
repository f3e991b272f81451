import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import type { Disk } from './disk.ts';

/** The part of a disk that replaces a file. */
type ReplacingDisk = Pick<Disk, 'makeFolder' | 'write' | 'syncNow' | 'rename' | 'remove'>;

/**
 * Creates or replaces a small file: readers see the old content or the new, never a part.
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

/**
 * The same for a file of any size, which is filled under another name first, in a folder that exists;
 * several machines may do it at a time.
 *
 * @param fill writes the temporary file of this path
 */
export async function replaceFile(
  disk: Disk,
  path: string,
  { durable }: { readonly durable: boolean },
  fill: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await fill(temporary);
    if (durable) await disk.sync(temporary);
    disk.rename(temporary, path);
  } catch (error) {
    removeQuietly(disk, temporary);
    throw error;
  }
}

/** Whether a file is the temporary file of an unfinished replacement. */
export function isTemporary(name: string): boolean {
  return /\.\d+\.tmp$/.test(name);
}

/** Ignores errors: the one that led here says more. */
function removeQuietly(disk: Pick<Disk, 'remove'>, path: string): void {
  try {
    disk.remove(path);
  } catch {
    // The next run removes it.
  }
}
