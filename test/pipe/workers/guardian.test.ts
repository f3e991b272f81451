import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../project.ts';

const WORKERS = join(import.meta.dirname, '../../../src/pipe/workers');

/** The guardian as it is bundled, and a runner that has it watch one group and tells of another that it has ended. */
function programs(): { readonly guardian: string; readonly runner: string } {
  const folder = temporaryFolder();
  const options = { bundle: true, platform: 'node', format: 'esm', target: 'node20' } as const;
  const banner = {
    js: `import { createRequire as r } from 'node:module'; const require = r(import.meta.url);`,
  };
  const guardian = join(folder, 'guardian.mjs');
  buildSync({
    ...options,
    entryPoints: [join(WORKERS, 'guardian-process.ts')],
    outfile: guardian,
    banner,
  });
  const runner = join(folder, 'runner.mjs');
  const contents = `import { Guardian } from './guardian.ts';
    const [program, watched, ended] = process.argv.slice(2);
    const guardian = new Guardian(program);
    guardian.note(Number(watched), true);
    guardian.note(Number(ended), true);
    guardian.note(Number(ended), false);
    console.log('noted');
    setInterval(() => {}, 1000);`;
  const stdin = { contents, resolveDir: WORKERS, loader: 'ts' } as const;
  buildSync({ ...options, stdin, outfile: runner, banner });
  return { guardian, runner };
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
  const { guardian, runner } = programs();
  const [watched, ended] = [sleeper(), sleeper()];
  const child = execa('node', [runner, guardian, String(watched.pid), String(ended.pid)], {
    reject: false,
  });
  for await (const line of child) {
    expect(line).toBe('noted');
    child.kill('SIGKILL');
  }
  expect((await watched).signal).toBe('SIGKILL');
  expect(isAlive(ended.pid ?? 0)).toBe(true);
});
