import { chmodSync, existsSync, symlinkSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { runProcess } from '../../processes.ts';
import { canObey, PipeProject, stage } from './pipe.ts';

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

test.skipIf(!canObey)(
  'files and folders that may not be read stop only what uses them',
  () => {
    const forbidden = ['stages/secret.ts', 'stages/locked', 'stages/locked-group', 'src/locked'];
    project.write('stages/secret.ts', '');
    project.write('stages/locked/deep.ts', '');
    project.write('stages/locked-group/group.yaml', 'stages: {}');
    project.write('src/locked/x.ts', '');
    for (const path of forbidden) chmodSync(join(project.root, path), 0);
    onTestFinished(() => {
      for (const path of forbidden) chmodSync(join(project.root, path), 0o755);
      for (const path of forbidden) project.remove(path);
      project.write('pipeline.yaml', 'stages: { fine: {}, bare: {}, talks: {} }');
    });
    project.write('pipeline.yaml', 'stages: { fine: {} }');
    expect(project.pipeObedient('run', '--force', 'fine')).toMatchObject({ status: 0, stderr: '' });

    project.write('pipeline.yaml', 'stages: { fine: {}, secret: {} }');
    const { stderr, status } = project.pipeObedient('run');
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /^error: stages\/secret\.ts may not be read\n(?:.*\n)* {2}fix: make it readable for your user/,
    );

    project.write('pipeline.yaml', 'stages: { fine: {} }');
    chmodSync(join(project.root, 'stages'), 0);
    onTestFinished(() => chmodSync(join(project.root, 'stages'), 0o755));
    const closed = project.pipeObedient('status');
    expect(closed.status).toBe(2);
    expect(closed.stderr).toContain(`error: stage 'fine': stages/fine.ts may not be read\n`);
    expectNoStack(stderr + closed.stderr);
  },
  60_000,
);

test.skipIf(!canObey)(
  'a project that may not be written to is one error, or works from elsewhere',
  () => {
    const cold = new PipeProject({
      'pipeline.yaml': 'stages: { fine: {} }',
      'stages/fine.ts': stage(`writeFileSync(outputs.out, 'fine');`),
    });
    onTestFinished(() => cold.remove());
    chmodSync(cold.root, 0o555);
    for (const args of [['status'], ['run'], ['show', 'fine/out']]) {
      expect(cold.pipeObedient(...args)).toEqual({
        stdout: '',
        stderr: `error: cannot write ${cold.root}/cache/code: permission denied\n  fix: make the folder writable for this user, or keep the cache elsewhere: PIPE_CACHE_DIR=FOLDER\n`,
        status: 1,
      });
    }
    const elsewhere = new PipeProject({});
    onTestFinished(() => elsewhere.remove());
    const lent = new PipeProject({}, { PIPE_CACHE_DIR: elsewhere.root }, cold.root);
    expect(lent.pipeObedient('status')).toMatchObject({ status: 0 });
    const run = lent.pipeObedient('run');
    expect(run.status).toBe(1);
    expect(run.stdout).toContain(
      'fine failed: cannot store what the stage made: permission denied',
    );
    expectNoStack(run.stdout + run.stderr);
  },
  60_000,
);

test('a contract without inputs and outputs has none', () => {
  expect(project.pipe('run', 'bare')).toMatchObject({ status: 0, stderr: '' });
});

test.skipIf(!existsSync('/dev/full'))('a full disk under the output is one clear error', () => {
  for (const args of [['status'], ['run', 'talks']]) {
    const script = '"$0" "$@" > /dev/full';
    const { stderr, status } = runProcess('sh', ['-c', script, process.execPath, bin, ...args], {
      cwd: project.root,
      env: { NO_COLOR: '1', CI: '1' },
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
  const { stderr } = runProcess('sh', ['-c', script, process.execPath, bin], {
    cwd: project.root,
    env: { ...process.env, NO_COLOR: '1', CI: '1' },
  });
  expectNoStack(stderr);
});
