import { dirname, join } from 'node:path';
import { EXIT, RunError } from '../core/errors.ts';
import type { Disk } from '../disk/disk.ts';

/**
 * Writes files into a new folder, which appears when it is complete.
 * @param files content by path in the folder; a path that ends with a slash is an empty folder
 * @throws {RunError} if something is there
 */
export function writeFolder(
  disk: Disk,
  target: string,
  files: ReadonlyMap<string, string | Uint8Array>,
): void {
  if (disk.stat(target) !== undefined) {
    throw new RunError(
      `${target} is there already`,
      'remove it, or name another: -o FOLDER',
      EXIT.usage,
    );
  }
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    disk.makeFolder(temporary);
    for (const [path, content] of files) {
      const isFolder = path.endsWith('/');
      disk.makeFolder(isFolder ? join(temporary, path) : dirname(join(temporary, path)));
      if (!isFolder) disk.write(join(temporary, path), content);
    }
    disk.rename(temporary, target);
  } catch (error) {
    disk.remove(temporary);
    throw error;
  }
}
