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
  // A process that was just ended may still write.
  rmSync(root, { recursive: true, force: true, maxRetries: 5 });
}

export function writeFiles(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** A copy of the runner as a package of its own, whose only command, `try`, is the test's. */
export function packageWith(files: Readonly<Record<string, string>>): string {
  const root = temporaryProject({
    'package.json': '{ "name": "copy", "version": "1.2.3", "type": "module" }',
  });
  for (const path of ['src/pipe', 'src/tables']) {
    cpSync(join(REPOSITORY, path), join(root, path), { recursive: true });
  }
  writeFiles(root, { ...commandThat(''), ...files });
  symlinkSync(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'));
  return root;
}

/** @param body of the command's action; it has `argv`, `shell` and `snapshot` */
export function commandThat(body: string): Readonly<Record<string, string>> {
  return {
    'src/pipe/cli/try.ts': `
import { Command } from 'commander';
import { currentSnapshot } from '../loader/code.ts';
import type { Shell } from './shell/shell.ts';
export function build(shell: Shell): Command {
  const act = async (argv: readonly string[]): Promise<void> => {
    const snapshot = currentSnapshot();
    ${body}
  };
  return new Command().allowUnknownOption().argument('[argv...]').action(act);
}`,
    'src/pipe/cli/commands.ts': `
export const COMMANDS = [{ name: 'try', summary: 'try', load: () => import('./try.ts') }];`,
  };
}

/** Gives files an old modification time. Their ctime stays young: nothing can set that. */
export function age(root: string, paths: readonly string[]): void {
  for (const path of paths) utimesSync(join(root, path), 1_000_000_000, 1_000_000_000);
}
