import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SchedulerError } from '../../../src/pipe/slurm/scheduler.ts';
import type { JobResult } from '../../../src/pipe/workers/executor.ts';
import { openOn } from './coordinator.ts';
import { FakeCluster } from './fake-cluster.ts';

const MINUTE = 60_000;

test('a submission without an answer is looked for in the queue before it is repeated', async () => {
  const cluster = new FakeCluster(4);
  const { coordinator } = await openOn(cluster);
  // It is done, but nobody says so.
  const submit = cluster.submit.bind(cluster);
  cluster.submit = async (submission) => {
    await submit(submission);
    throw new SchedulerError('Socket timed out', true);
  };
  const run = coordinator.run('count', 5);
  await cluster.clock.pass(2 * MINUTE);
  expect(run.settled.result?.ok).toBe(true);
  expect(cluster.submissions).toHaveLength(1);
});

test('a submission that was lost on its way is repeated', async () => {
  const cluster = new FakeCluster(4);
  const { coordinator } = await openOn(cluster);
  const submit = cluster.submit.bind(cluster);
  let isFirst = true;
  cluster.submit = async (submission) => {
    if (!isFirst) return await submit(submission);
    isFirst = false;
    throw new SchedulerError('Zero Bytes were transmitted', true);
  };
  const run = coordinator.run('count', 5);
  await cluster.clock.pass(3 * MINUTE);
  expect(run.settled.result?.ok).toBe(true);
});

test('what sbatch refuses fails for all of its class alike, at once and without another try', async () => {
  const cluster = new FakeCluster(4);
  const { coordinator } = await openOn(cluster, 4, { partition: 'gpus' });
  const words = 'sbatch: error: invalid partition specified: gpus\nsbatch: error: Batch job failed';
  cluster.fault = (what) => (what === 'sbatch' ? new SchedulerError(words, false) : undefined);
  const memory = 400e9;
  const runs = [coordinator.run('one', 5, { memory }), coordinator.run('two', 5, { memory })];
  await cluster.clock.pass(2000);
  // With --keep-going there may be more.
  runs.push(coordinator.run('three', 5, { memory }));
  await cluster.clock.pass(2000);
  for (const { settled } of runs) {
    expect(settled.result).toEqual({
      ok: false,
      failure: {
        kind: 'resources',
        message:
          'sbatch refuses a job with 1 core, 400 GB of memory, partition gpus: invalid partition specified: gpus; Batch job failed',
        hint: 'correct `partition` in the site file: sinfo -s lists them',
      },
    });
  }
  expect(cluster.calls.filter(([what]) => what === 'sbatch')).toHaveLength(1);
});

test('where sbatch refuses more jobs than there are, those that there are go on', async () => {
  const cluster = new FakeCluster(1);
  const { coordinator } = await openOn(cluster);
  const first = coordinator.run('one', 100);
  await cluster.clock.pass(5000);
  const words = 'Job violates accounting/QOS policy (job submit limit, user size)';
  cluster.fault = (what) => (what === 'sbatch' ? new SchedulerError(words, false) : undefined);
  const second = coordinator.run('two', 100);
  await cluster.clock.pass(4 * MINUTE);
  expect([first.settled.result?.ok, second.settled.result?.ok]).toEqual([true, true]);
  expect(coordinator.warnings).toEqual([expect.stringContaining(words)]);
});

test('jobs that end before they begin, three times, are a failure that shows what they printed', async () => {
  const cluster = new FakeCluster(0);
  const { coordinator, root } = await openOn(cluster);
  const run = coordinator.run('count', 5);
  await cluster.clock.pass(1000);
  const printed = ['module: not found', 'setup of the site file failed on n1: module load x'];
  mkdirSync(join(root, 'cache/slurm/log'), { recursive: true });
  const print = (slot: string) =>
    writeFileSync(join(root, `cache/slurm/log/${slot}.log`), printed.join('\n'));
  for (let i = 0; i < 20; i += 1) {
    await cluster.clock.pass(10_000);
    for (const [slot, agent] of cluster.agents) {
      print(slot);
      agent.end('FAILED');
    }
  }
  expect(run.settled.result).toMatchObject({
    failure: {
      kind: 'resources',
      log: printed,
      hint: 'correct that line of `setup` in the site file',
    },
  });
  // So that nobody waits for three of them to know.
  expect(coordinator.warnings).toEqual([expect.stringContaining(printed[1])]);
  const { failure } = run.settled.result as Extract<JobResult, { failure: unknown }>;
  expect(failure.message).toMatch(
    /^3 times its job failed before it began \(None\); see .*-0\.log$/,
  );
  expect(cluster.submissions).toHaveLength(3);
});
