import { mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

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

/** Gives files an old modification time. Their ctime stays young: nothing can set that. */
export function age(root: string, paths: readonly string[]): void {
  for (const path of paths) utimesSync(join(root, path), 1_000_000_000, 1_000_000_000);
}
