import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { InstanceId } from '../../../src/pipe/pipeline/graph.ts';
import type { Job } from '../../../src/pipe/workers/executor.ts';
import { WorkerPool } from '../../../src/pipe/workers/pool.ts';
import { temporaryFolder } from '../project.ts';

const QUESTION = { type: 'describe', modules: [] } as const;

/** A pool whose workers run this program. */
function poolOf(program: string, cwd = temporaryFolder()) {
  const programs = temporaryFolder();
  writeFileSync(join(programs, 'package.json'), '{"type":"module"}');
  for (const name of ['worker', 'command-worker']) {
    writeFileSync(join(programs, `${name}.js`), program);
  }
  const processes: (readonly [pid: number, alive: boolean])[] = [];
  const onProcess = (pid: number, alive: boolean) => void processes.push([pid, alive]);
  const pool = new WorkerPool({ programs, stages: cwd, cwd, onProcess });
  onTestFinished(() => pool.close());
  return { pool, processes };
}

const ANSWER = `process.on('message', () => process.send({ type: 'described', stages: {} }));`;

test('a prepared worker is the one that is asked, again and again', async () => {
  const { pool, processes } = poolOf(ANSWER);
  pool.prepare();
  pool.prepare();
  await pool.ask(QUESTION);
  await pool.ask(QUESTION);
  expect(processes).toHaveLength(1);
  await pool.close();
  expect(processes.map(([, alive]) => alive)).toEqual([true, false]);
  expect(pool.pids).toEqual([]);
});

test('many questions at once are answered by no more workers than there are cores', async () => {
  const { pool, processes } = poolOf(ANSWER);
  const answers = await Promise.all(Array.from({ length: 30 }, () => pool.ask(QUESTION)));
  expect(answers).toHaveLength(30);
  expect(processes.length).toBeLessThanOrEqual(availableParallelism());
});

test('a worker that ends without an answer is told with what it last printed', async () => {
  const { pool } = poolOf(`console.error('a native library gave up'); process.exit(7);`);
  await expect(pool.ask(QUESTION)).rejects.toThrow(
    /exited with code 7[\s\S]*a native library gave up/,
  );
});

test('what left the group of its worker does not keep that from ending', async () => {
  const { pool } = poolOf(`
    import { spawn } from 'node:child_process';
    const left = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], { stdio: 'inherit', detached: true });
    console.log('left', left.pid);
    process.on('message', () => process.exit(1));`);
  const error = await pool.ask(QUESTION).catch((reason: unknown) => reason);
  const [, pid] = /left (\d+)/.exec(String(error)) ?? [];
  expect(Number(pid)).toBeGreaterThan(0);
  // It was still there, holding the streams open.
  expect(process.kill(Number(pid), 'SIGKILL')).toBe(true);
});

test('a process that the system does not start is an error that says so', async () => {
  const { pool } = poolOf(ANSWER, join(temporaryFolder(), 'gone'));
  pool.prepare();
  await expect(pool.ask(QUESTION)).rejects.toThrow(/ENOENT/);
});

/** Of a stage file, or of a command that takes no more than that one's name. */
function jobOf(command?: string): Job {
  return {
    ...{
      instance: 'one' as InstanceId,
      module: 'one',
      env: {},
      params: {},
      inputs: {},
      outputs: {},
    },
    ...{ folder: '', checkpoint: '', log: '', attempt: 1, threads: 1, gpus: 0, timeout: undefined },
    ...(command === undefined ? {} : { command: { argv: [command] } }),
  };
}

test('commands follow one another in a process of their own, where no stage file runs', async () => {
  const { pool, processes } = poolOf(`
    const reply = { type: 'finished', outputs: [], metrics: {}, cpuSeconds: 0, peakMemory: 0, isClean: true };
    process.on('message', ({ type }) => type === 'run' && process.send(reply));`);
  const workers: number[] = [];
  const observer = { started: (pid: number) => workers.push(pid), progress() {}, output() {} };
  const { signal } = new AbortController();
  for (const job of [jobOf('true'), jobOf(), jobOf('true'), jobOf()]) {
    expect(await pool.run(job, observer, signal)).toMatchObject({ ok: true });
  }
  expect(processes.filter(([, alive]) => alive)).toHaveLength(2);
  expect(workers).toEqual([workers[0], workers[1], workers[0], workers[1]]);
});
