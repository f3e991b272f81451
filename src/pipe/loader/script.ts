import { existsSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CodeError } from './code-error.mjs';
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
  const snapshot = await freezeCode({ projectRoot: root, entries: [path] });
  const refused = Object.values(snapshot.files).flatMap((one) => one.refused);
  // What a script reads is its own affair; what does not parse is not there.
  const program = join(snapshot.folder, snapshot.files[path].output);
  if (!existsSync(program)) throw new CodeError(refused);
  process.argv.splice(1, 2, program);
  await import(pathToFileURL(program).href);
  return undefined;
}
