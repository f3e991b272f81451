import { accessSync, constants } from 'node:fs';

/** Whether a file is, or may be, there but this user is not allowed to read it or a folder above it. */
export function isForbidden(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return false;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EACCES' || code === 'EPERM';
  }
}
