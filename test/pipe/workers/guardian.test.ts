import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../project.ts';

const WORKERS = join(import.meta.dirname, '../../../src/pipe/workers');

/** A runner that has its guardian watch one group and tells it of another that it has ended. */
function program(): string {
  const folder = temporaryFolder();
  const runner = join(folder, 'runner.mjs');
  const contents = `import { Guardian } from './guardian.ts';
    const [watched, ended, also] = process.argv.slice(2).map(Number);
    const guardian = new Guardian();
    for (const group of [watched, ended, also]) guardian.note(group, true);
    guardian.note(ended, false);
    // Of one that it was never told of.
    guardian.note(1_000_000_000, false);
    console.log('noted');
    setInterval(() => {}, 1000);`;
  buildSync({
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    stdin: { contents, resolveDir: WORKERS, loader: 'ts' },
    outfile: runner,
    banner: {
      js: `import { createRequire as r } from 'node:module'; const require = r(import.meta.url);`,
    },
  });
  return runner;
}

/** A process that leads a group of its own. */
function sleeper() {
  const child = execa('sleep', ['600'], { detached: true, reject: false, stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('when a runner is killed, its guardian ends the groups that had not ended', async () => {
  const [watched, ended, also] = [sleeper(), sleeper(), sleeper()];
  const groups = [watched, ended, also].map(({ pid }) => String(pid));
  const child = execa('node', [program(), ...groups], { reject: false });
  for await (const line of child) {
    expect(line).toBe('noted');
    child.kill('SIGKILL');
  }
  for (const group of [watched, also]) expect((await group).signal).toBe('SIGKILL');
  expect(isAlive(ended.pid ?? 0)).toBe(true);
});
