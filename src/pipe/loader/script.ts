import { existsSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findInstallation } from './installation.ts';
import { mapStacks } from './stack.ts';
import { freezeCode } from './start.ts';

/**
 * Runs a TypeScript file of this package: a benchmark or a script.
 *
 * @param args its path and its arguments
 * @returns the exit code if it was not run; `undefined` leaves that to the script
 */
export async function runScript(args: readonly string[]): Promise<number | undefined> {
  mapStacks();
  const [file] = args;
  const { root } = findInstallation();
  const path = relative(root, resolve(file ?? ''))
    .split(sep)
    .join('/');
  const [folder] = path.split('/');
  if (file === undefined || !existsSync(file)) {
    console.error('usage: node src/pipe/loader/run.mjs FILE.ts [args]');
    return 2;
  }
  if (path.startsWith('..') || path === folder) {
    console.error(`error: ${file} is not in a folder of ${root}`);
    return 2;
  }
  const isSource = ['src', 'stages', 'bench'].includes(folder);
  const folders = isSource ? ['bench'] : ['bench', folder];
  const snapshot = await freezeCode({ projectRoot: root, folders });
  const program = join(snapshot.folder, path.replace(/ts$/, 'js'));
  process.argv.splice(1, 2, program);
  await import(pathToFileURL(program).href);
  return undefined;
}
