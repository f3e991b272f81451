import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

const REPOSITORY = join(import.meta.dirname, '../../..');

/** A throw-away folder with the given files; removed when the test is over. */
export function temporaryProject(files: Readonly<Record<string, string>>): string {
  const root = makeProject(files);
  onTestFinished(() => removeProject(root));
  return root;
}

/** The same for several tests together, which must remove it. */
export function makeProject(files: Readonly<Record<string, string>>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'shatter-')));
  writeFiles(root, files);
  return root;
}

export function removeProject(root: string): void {
  rmSync(root, { recursive: true, force: true });
}

export function writeFiles(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** A copy of the loader as a package of its own, with a command line of the test's. */
export function packageWith(files: Readonly<Record<string, string>>): string {
  const root = temporaryProject({
    'package.json': '{ "name": "copy", "version": "1.2.3", "type": "module" }',
    'src/pipe/cli/main.ts': 'export const main = async () => 0;',
    'src/pipe/workers/pool.ts':
      'export const startEarly = () => {}; export const endEarly = async () => {};',
    'src/pipe/workers/worker.ts': '',
    ...files,
  });
  for (const path of ['src/pipe/loader', 'src/pipe/core', 'src/pipe/main.ts']) {
    cpSync(join(REPOSITORY, path), join(root, path), { recursive: true });
  }
  symlinkSync(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'));
  return root;
}

/** Gives files an old modification time. Their ctime stays young: nothing can set that. */
export function age(root: string, paths: readonly string[]): void {
  for (const path of paths) utimesSync(join(root, path), 1_000_000_000, 1_000_000_000);
}
