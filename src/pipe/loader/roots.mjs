import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where src/ is: this file's place tells, whichever project is worked on. */
export const packageRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/**
 * The nearest folder upward from `start` that has a pipeline.yaml, or the package's own root.
 * @param {string} start
 */
export function findProjectRoot(start) {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'pipeline.yaml'))) return folder;
    if (folder === dirname(folder)) return packageRoot;
  }
}
