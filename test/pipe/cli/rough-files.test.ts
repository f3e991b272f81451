import { spawnSync } from 'node:child_process';
import { existsSync, openSync, symlinkSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { PipeProject, stage } from './pipe.ts';

const bin = fileURLToPath(new URL('../../../src/pipe/loader/pipe.mjs', import.meta.url));
const project = new PipeProject({
  'pipeline.yaml': 'stages: { fine: {}, bare: {}, talks: {} }',
  'stages/fine.ts': stage(`writeFileSync(outputs.out, 'fine');`),
  'stages/talks.ts': stage(`writeFileSync(outputs.out, '');`),
  'stages/bare.ts': `
    export default {
      params: { shape: {}, safeParse: (data: unknown) => ({ success: true, data }) },
      run() {},
    };`,
});
afterAll(() => project.remove());

/** No line of a stack reaches a user. */
function expectNoStack(said: string): void {
  expect(said).not.toMatch(/^\s+at .*(node:|\.[cm]?js:\d)/m);
  expect(said).not.toContain('this is a bug');
}

test('files that cannot be read or parsed stop only what uses them', () => {
  project.write('stages/unused.ts', 'const = ;');
  project.write('stages/data/huge.json', '');
  truncateSync(join(project.root, 'stages/data/huge.json'), 3e9);
  symlinkSync('loop.ts', join(project.root, 'stages/loop.ts'));
  symlinkSync('..', join(project.root, 'stages/up'));
  const fine = project.pipe('run', 'fine');
  expectNoStack(fine.stderr);
  expect(fine).toMatchObject({ status: 0, stderr: '' });

  project.write('pipeline.yaml', 'stages: { fine: {}, unused: {} }');
  const unused = project.pipe('run');
  expect(unused.status).toBe(2);
  expect(unused.stderr).toMatch(/^error: .*\n {2}at stages\/unused\.ts:1:7\n/);
  project.write('pipeline.yaml', 'stages: { fine: {}, loop: {} }');
  const loop = project.pipe('run');
  expect(loop.status).toBe(2);
  expect(loop.stderr).toContain('stages/loop.ts is a symbolic link that leads to itself');
  expectNoStack(unused.stderr + loop.stderr);

  for (const path of ['unused.ts', 'data', 'loop.ts', 'up']) project.remove(`stages/${path}`);
  project.write('pipeline.yaml', 'stages: { fine: {}, bare: {}, talks: {} }');
}, 60_000);

test('a contract without inputs and outputs has none', () => {
  expect(project.pipe('run', 'bare')).toMatchObject({ status: 0, stderr: '' });
});

test.skipIf(!existsSync('/dev/full'))('a full disk under the output is one clear error', () => {
  for (const args of [['status'], ['run', 'talks']]) {
    const { stderr, status } = spawnSync('node', [bin, ...args], {
      cwd: project.root,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1', CI: '1' },
      stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    });
    expectNoStack(stderr);
    expect(stderr).toContain(
      'error: cannot write to the standard output: the disk is full\n' +
        '  fix: free some space (npx pipe gc may help), then run again\n',
    );
    expect(status).toBe(1);
  }
});

test('a reader that stops early is no error', () => {
  const script = `"$0" "$1" status | head -n 1`;
  const { stderr } = spawnSync('sh', ['-c', script, process.execPath, bin], {
    cwd: project.root,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', CI: '1' },
  });
  expectNoStack(stderr);
});
