import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import {
  identify,
  isAlive,
  type ProcessIdentity,
} from '../../../src/pipe/core/process-identity.ts';
import { PipeProject, stage } from './pipe.ts';

/** Starts itself once more; both note their ids and would run for a minute. */
const FAMILY = `
  const { appendFileSync } = require('node:fs');
  const { spawn } = require('node:child_process');
  const [, , notes, isParent] = process.argv;
  if (isParent) spawn(process.execPath, [__filename, notes]);
  appendFileSync(notes, process.pid + '\\n');
  setTimeout(() => {}, 60000);`;

const project = new PipeProject({
  'pipeline.yaml': `
stages:
  blocked: {}
  late: { timeout: 1s }
  throws: {}
  dies: {}
  finishes: {}
  next: { inputs: { from: finishes/out } }
`,
  'family.cjs': FAMILY,
  'stages/next.ts': stage(`writeFileSync(outputs.out, String(process.pid));`, {
    inputs: `{ from: 'one' }`,
  }),
});
afterAll(() => project.remove());
const notes = join(project.root, 'ids');
const program = JSON.stringify([join(project.root, 'family.cjs'), notes, 'parent']);

/** @param end what the stage does when both programs run */
function starting(end: string): string {
  return stage(`
    const { spawn } = await import('node:child_process');
    spawn(process.execPath, ${program});
    const count = () => existsSync('${notes}') ? readFileSync('${notes}', 'utf8').split('\\n').length : 0;
    while (count() < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    ${end}`);
}

const waiting = stage(`
  const { spawnSync } = await import('node:child_process');
  spawnSync(process.execPath, ${program});`);

project.write('stages/blocked.ts', waiting);
project.write('stages/late.ts', waiting);
project.write('stages/throws.ts', starting(`throw new Error('half way');`));
project.write(
  'stages/dies.ts',
  starting(`process.kill(process.pid, 'SIGKILL'); await new Promise(() => {});`),
);
project.write('stages/finishes.ts', starting(`writeFileSync(outputs.out, String(process.pid));`));

/** Both programs that the stage started, while they run. */
async function family(): Promise<readonly ProcessIdentity[]> {
  return await vi.waitFor(() => {
    const ids = existsSync(notes) ? readFileSync(notes, 'utf8').trim().split('\n') : [];
    if (ids.length < 2) throw new Error('not yet started');
    return ids.map((id) => identify(Number(id)));
  }, 20_000);
}

/** The system takes a moment to end what was killed. */
async function expectEnded(processes: readonly ProcessIdentity[]): Promise<void> {
  await vi.waitFor(() => expect(processes.filter(isAlive)).toEqual([]), 5000);
}

/** Runs a stage to its end. */
async function run(name: string) {
  project.remove('ids');
  const child = project.start('run', name);
  let said = '';
  child.stdout?.on('data', (text) => {
    said += text;
  });
  const ended = once(child, 'close');
  const processes = await family();
  await ended;
  await expectEnded(processes);
  return { said, status: child.exitCode };
}

test('a timeout ends the stage and what it started, though it waits for that', async () => {
  const { said, status } = await run('late');
  expect(said).toContain('did not finish within its timeout');
  expect(status).toBe(1);
}, 60_000);

test('what a failed stage started is ended with it', async () => {
  expect((await run('throws')).said).toContain('half way');
}, 60_000);

test('when a worker is killed, what its stage started is ended too', async () => {
  expect((await run('dies')).said).toContain('was killed (SIGKILL)');
}, 60_000);

test('what a stage leaves running is ended, the log says so, and the worker lives on', async () => {
  expect(await run('next')).toMatchObject({ status: 0 });
  expect(project.pipe('log', 'finishes').stdout).toContain(
    'ended 2 processes that the stage left running',
  );
  const pid = (name: string) =>
    readFileSync(join(project.root, `artifacts/${name}/out.txt`), 'utf8');
  expect(pid('next')).toBe(pid('finishes'));
}, 60_000);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  test(`${signal} to the runner ends a stage that waits for what it started`, async () => {
    project.remove('ids');
    const child = project.start('run', 'blocked');
    const processes = await family();
    const ended = once(child, 'exit');
    child.kill(signal);
    expect(await ended).toEqual([{ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[signal], null]);
    await expectEnded(processes);
    expect(readdirSync(join(project.root, 'cache/workers'))).toEqual([]);
  }, 60_000);
}

test('when the runner is killed, its workers and what they started end by themselves', async () => {
  project.remove('ids');
  const child = project.start('run', 'blocked');
  const processes = await family();
  const workers = readdirSync(join(project.root, 'cache/workers')).map((id) =>
    identify(Number(id)),
  );
  expect(workers.filter(isAlive)).not.toEqual([]);
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  await expectEnded([...processes, ...workers]);
}, 60_000);

test.skipIf(process.platform !== 'linux')(
  'Ctrl-Z stops the runner, its workers and what they started, until they are resumed',
  async () => {
    project.remove('ids');
    const child = project.start('run', 'blocked');
    const processes = await family();
    const [worker] = readdirSync(join(project.root, 'cache/workers'));
    const states = () =>
      [child.pid, worker, ...processes.map(({ pid }) => pid)].map(
        (pid) => /\) (.)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1],
      );
    child.kill('SIGTSTP');
    await vi.waitFor(() => expect(states()).toEqual(['T', 'T', 'T', 'T']), 10_000);
    child.kill('SIGCONT');
    await vi.waitFor(() => expect(states()).not.toContain('T'), 10_000);
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
    await expectEnded(processes);
  },
  60_000,
);
