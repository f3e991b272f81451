import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CodeError } from './code-error.mjs';
import { sign } from './folder-store.mjs';
import { foldersUp } from './installation.ts';
import type { PackageGraph } from './package-graph.ts';

/** Of these the first in a folder counts. */
const NAMES = ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock'] as const;

/**
 * The nearest lock file upward from a folder, as an absolute path.
 * @param absent where the places are noted that were looked at before: a file there would count instead
 */
export function findLock(folder: string, absent: Set<string>): string | undefined {
  for (const at of foldersUp(folder)) {
    for (const name of NAMES) {
      const path = join(at, name);
      if (sign(path) !== undefined) return path;
      absent.add(path);
    }
  }
  return undefined;
}

/**
 * @param path of the lock file
 * @param shown how it is called in messages
 * @throws {CodeError} when it is damaged, or of a version that is not understood
 */
export async function readLock(path: string, shown: string): Promise<PackageGraph> {
  const file = basename(path);
  const text = readFileSync(path, 'utf8');
  try {
    if (file.endsWith('.json')) {
      return (await import('./npm-lock.ts')).readNpmLock(file, text);
    }
    if (file === 'pnpm-lock.yaml') {
      return (await import('./pnpm-lock.ts')).readPnpmLock(file, text);
    }
    if (existsSync(join(dirname(path), '.pnp.cjs'))) {
      throw new Error('its packages are not in node_modules: set nodeLinker: node-modules');
    }
    const { readYarnLock } = await import('./yarn-lock.ts');
    return readYarnLock(file, text, (folder) => readManifest(join(dirname(path), folder)));
  } catch (error) {
    const hint = 'install the packages again, with a current version of the package manager';
    const message = `${shown} cannot be read: ${(error as Error).message}`;
    throw new CodeError([{ message, hint }]);
  }
}

/** What a package.json asks for, by name; empty where there is none. */
function readManifest(folder: string): Readonly<Record<string, string>> {
  try {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const { optionalDependencies, devDependencies, dependencies } = manifest;
    return { ...optionalDependencies, ...devDependencies, ...dependencies };
  } catch {
    return {};
  }
}
