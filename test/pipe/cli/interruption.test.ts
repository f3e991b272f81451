import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { PipeProject, stage } from './pipe.ts';

/** Six counts, each of which resumes from its checkpoint, and their sum. */
const project = new PipeProject({
  'pipeline.yaml': `
axes: { n: [1, 2, 3, 4, 5, 6] }
stages:
  count: { matrix: [n] }
  sum: { matrix: [], inputs: { counts: count/out } }
  slow: {}
`,
  'stages/count.ts': stage(
    `
    const file = join(checkpoint.folder, 'state');
    let at = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
    if (at > 0) log('resumed at ' + at);
    for (; at < 20; at += 1) {
      writeFileSync(file, String(at));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    writeFileSync(outputs.out, 'x'.repeat(100_000 * params.n));`,
    { params: ['n'] },
  ),
  'stages/sum.ts': stage(
    `writeFileSync(outputs.out, String(inputs.counts.map((c: any) => readFileSync(c.path).length)));`,
    { inputs: `{ counts: 'many' }` },
  ),
  'stages/slow.ts': stage(`
    log('waiting');
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    log('was told');
    writeFileSync(join(checkpoint.folder, 'saved'), 'yes');
    signal.throwIfAborted();`),
});
afterAll(() => project.remove());

const expected = '100000,200000,300000,400000,500000,600000';
const sum = () => readFileSync(join(project.root, 'artifacts/sum/out.txt'), 'utf8');

/** Waits until a command's output holds a text. */
async function says(child: ReturnType<PipeProject['start']>, text: string): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      said += String(chunk);
      if (said.includes(text)) resolve();
    });
    child.once('exit', () => reject(new Error(`it ended without saying '${text}': ${said}`)));
  });
}

/** How often `kill -9` falls; `KILLS=300 npx vitest run test/pipe/cli/interruption.test.ts` takes a quarter of an hour. */
const KILLS = Number(process.env.KILLS ?? 6);

const TIMEOUT = 60_000 + KILLS * 20_000;

/** Bytes of every artifact, by path. */
function artifacts(): Readonly<Record<string, string>> {
  const folder = join(project.root, 'artifacts');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = files.flatMap((file) => (file.isFile() ? [join(file.parentPath, file.name)] : []));
  return Object.fromEntries(paths.sort().map((path) => [path, readFileSync(path, 'utf8')]));
}

/** Kills the runner, its whole group or one of its workers. */
function kill(pid: number, victim: 'runner' | 'group' | 'worker'): void {
  const workers = join(project.root, 'cache/workers');
  const [worker] = existsSync(workers) ? readdirSync(workers) : [];
  try {
    if (victim === 'worker') process.kill(Number(worker ?? pid), 'SIGKILL');
    else process.kill(victim === 'group' ? -pid : pid, 'SIGKILL');
  } catch {
    // A fast machine may be done by then.
  }
}

test(
  'killed at any moment, alone or with its workers, the next run ends with the same results',
  async () => {
    expect(project.pipe('run', 'sum').status).toBe(0);
    project.forget();
    const begin = performance.now();
    expect(project.pipe('run', 'sum', '--jobs', '2').status).toBe(0);
    const duration = performance.now() - begin;
    const undisturbed = artifacts();
    expect(Object.keys(undisturbed)).toHaveLength(7);
    expect(sum()).toBe(expected);
    for (let kills = 0; kills < KILLS; kills += 1) {
      // Every other kill falls on what the one before left.
      if (kills % 2 === 0) project.forget();
      const child = project.start('run', 'sum', '--jobs', '2');
      const ended = once(child, 'exit');
      // Moments that fill the duration evenly, however many there are.
      await delay(((kills * 0.618034) % 1) * duration);
      kill(child.pid ?? 0, (['runner', 'group', 'worker'] as const)[kills % 3]);
      await ended;
      if (kills % 2 === 0) continue;
      const { status, stdout } = project.pipe('run', 'sum', '--jobs', '2');
      expect({ kills, status, stdout }).toMatchObject({ kills, status: 0 });
      expect(artifacts()).toEqual(undisturbed);
      expect(project.pipe('run', 'sum').stdout).toContain('nothing to do: 7 instances current');
      expect(project.pipe('verify')).toMatchObject({
        stdout: expect.stringContaining('all intact'),
      });
    }
    expect(project.pipe('gc').stdout).toContain('deleted 0 actions');
    expect(readdirSync(join(project.root, 'cache/checkpoints'))).toEqual([]);
    expect(readdirSync(join(project.root, 'cache/workers'))).toEqual([]);
  },
  TIMEOUT,
);

test('Ctrl-C tells the stage, ends the workers, and the next run can resume', async () => {
  project.forget();
  const child = project.start('run', 'slow', '--verbose');
  await says(child, 'slow: waiting');
  const begin = performance.now();
  process.kill(-(child.pid ?? 0), 'SIGINT');
  const [code] = await once(child, 'exit');
  expect(code).toBe(130);
  expect(performance.now() - begin).toBeLessThan(5000);
  expect(existsSync(join(project.root, 'cache/lock'))).toBe(false);
  expect(readdirSync(join(project.root, 'cache/workers'))).toEqual([]);
  expect(project.pipe('log', 'slow').stdout).toBe('waiting\nwas told\n');
  const [key] = readdirSync(join(project.root, 'cache/checkpoints'));
  expect(readdirSync(join(project.root, 'cache/checkpoints', key))).toEqual(['saved']);
  expect(project.pipe('status', 'slow').stdout).toMatch(
    /interrupted; will resume from its checkpoint:\nslow: 3 B, saved 20\d\d-/,
  );
  expect(project.pipe('run', 'sum').status).toBe(0);
}, 60_000);

test('a second run at the same time is refused, with the process id of the first', async () => {
  const child = project.start('run', 'slow');
  await says(child, 'slow started');
  const second = project.pipe('run', 'slow');
  expect(second.status).toBe(3);
  expect(second.stderr).toMatch(
    new RegExp(`another run is in progress in this project: process ${child.pid}, since 20`),
  );
  expect(project.pipe('status').stdout).toContain(`a run is in progress: process ${child.pid}`);
  process.kill(child.pid ?? 0, 'SIGTERM');
  const [code] = await once(child, 'exit');
  expect(code).toBe(143);
}, 60_000);
