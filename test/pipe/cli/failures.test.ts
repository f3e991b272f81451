import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { PipeProject, stage } from './pipe.ts';

/** Stages that misbehave, each in its own way, and one that does not. */
const files = {
  'pipeline.yaml': `
stages:
  fine: {}
  throws: {}
  exits: {}
  killed: {}
  hangs: { timeout: 1s }
  exhausts: { env: [NODE_OPTIONS] }
  forgets: {}
  strays: {}
  rejects: {}
  needs-broken: { inputs: { from: throws/out } }
`,
  'stages/fine.ts': stage(`log('all is well'); writeFileSync(outputs.out, 'fine');`),
  'stages/throws.ts': stage(`log('about to'); throw new Error('the sky fell');`),
  'stages/exits.ts': stage('process.exit(3);'),
  'stages/killed.ts': stage(`process.kill(process.pid, 'SIGKILL'); await new Promise(() => {});`),
  'stages/hangs.ts': stage('for (;;) {}'),
  'stages/exhausts.ts': stage(`
    const all: unknown[] = [];
    for (;;) all.push(new Array(1e5).fill({ a: all.length }));`),
  'stages/forgets.ts': stage('return;'),
  'stages/strays.ts': stage(`writeFileSync(outputs.out, ''); writeFileSync('scratch.bin', '');`),
  'stages/rejects.ts': stage(`
    setTimeout(() => { throw new Error('nobody awaited me'); }, 10);
    await new Promise((resolve) => setTimeout(resolve, 500));
    writeFileSync(outputs.out, '');`),
  'stages/needs-broken.ts': stage('', { inputs: `{ from: 'one' }` }),
};
// A small heap is exhausted soon.
const project = new PipeProject(files, { NODE_OPTIONS: '--max-old-space-size=64' });
afterAll(() => project.remove());

test('each failing stage is one clear error, and the others are not affected', () => {
  const { stdout, status } = project.pipe('run', '--keep-going', '--jobs', '2');
  expect(status).toBe(1);
  const said = stdout.split('\n').filter((line) => line.includes('failed: '));
  const of = (name: string) => said.find((line) => line.startsWith(`${name} failed: `));
  expect(said).toHaveLength(8);
  expect(of('throws')).toBe('throws failed: the sky fell');
  expect(of('exits')).toContain('its process exited with code 3 before the stage was done');
  expect(of('killed')).toContain('its process was killed (SIGKILL)');
  expect(of('hangs')).toContain('the stage did not finish within its timeout of 1 s');
  expect(of('exhausts')).toContain('the stage ran out of memory');
  expect(of('forgets')).toContain("did not write its output 'out' (out.txt)");
  expect(of('strays')).toContain("wrote 'scratch.bin', which is not among its outputs (out.txt)");
  expect(of('rejects')).toContain('nobody awaited me');
  expect(stdout).toContain('| about to');
  expect(stdout).toContain('needs-broken skipped: throws failed');
  expect(stdout).toContain('failed after');
  expect(readFileSync(join(project.root, 'artifacts/fine/out.txt'), 'utf8')).toBe('fine');
  for (const name of ['throws', 'strays', 'needs-broken']) {
    expect(existsSync(join(project.root, 'artifacts', name))).toBe(false);
  }
  expect(existsSync(join(project.root, 'cache/lock'))).toBe(false);
}, 60_000);

test('the log of an instance can be read again, and the status names the failures', () => {
  expect(project.pipe('log', 'fine')).toMatchObject({ stdout: 'all is well\n', status: 0 });
  const { stdout } = project.pipe('status');
  expect(stdout).toContain('throws: the sky fell');
  expect(stdout).toMatch(/fine +1/);
});

test('a failure names the line of the stage that threw, or says how to see the stack', () => {
  const { stdout } = project.pipe('run', 'throws');
  expect(stdout).toMatch(/^throws failed: the sky fell\n {2}at stages\/throws\.ts:\d+:\d+\n/m);
  project.write(
    'stages/throws.ts',
    stage(`const error = new Error('no place'); error.stack = 'Error'; throw error;`),
  );
  expect(project.pipe('run', 'throws').stdout).toContain(
    'throws failed: no place\n  fix: add --verbose for the stack\n',
  );
  project.write('stages/throws.ts', files['stages/throws.ts']);
});

test('--verbose prints the stack of the stage that threw', () => {
  const { stdout } = project.pipe('run', 'throws', '--verbose');
  expect(stdout).toMatch(/at .*stages\/throws\.ts:\d+:\d+/);
});

test('unknown commands, options, stages and artifacts come with a suggestion', () => {
  const cases: readonly (readonly [readonly string[], string])[] = [
    [['stauts'], "there is no command 'stauts'\n  fix: did you mean 'status'?"],
    [['run', 'fien'], "there is no stage 'fien'\n  fix: did you mean 'fine'?"],
    [['run', '--only', 'fien'], "there is no stage 'fien'\n  fix: did you mean 'fine'?"],
    [['run', '--keep-goin'], "unknown option '--keep-goin'\n  fix: did you mean --keep-going?"],
    [['show', 'fine/outt'], "stage 'fine' has no output 'outt'\n  fix: did you mean 'out'?"],
  ];
  for (const [args, message] of cases) {
    const { stderr, status } = project.pipe(...args);
    expect(stderr).toContain(`error: ${message}`);
    expect(status).toBe(2);
  }
});
