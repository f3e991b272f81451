import { getEventListeners } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SchedulerError } from '../../../src/pipe/slurm/scheduler.ts';
import { idOf } from '../../../src/pipe/slurm/work-folders.ts';
import type { JobResult } from '../../../src/pipe/workers/executor.ts';
import { temporaryFolder } from '../project.ts';
import { Coordinator, keyOf, openOn } from './coordinator.ts';
import { FakeCluster } from './fake-cluster.ts';

const MINUTE = 60_000;

test('what is ready together is submitted together, and an agent runs one instance after another', async () => {
  const cluster = new FakeCluster(2);
  const { coordinator } = await openOn(cluster);
  const runs = Array.from({ length: 6 }, (_, i) => coordinator.run(`count${i}`, 5));
  await cluster.clock.pass(MINUTE);
  expect(cluster.submissions).toHaveLength(1);
  expect(cluster.submissions[0].options[0]).toBe('--array=0-1%4');
  expect(runs.map(({ settled }) => settled.result?.ok)).toEqual(Array(6).fill(true));
  expect(new Set(runs.flatMap(({ nodes }) => nodes)).size).toBe(2);
  // In the order in which they were asked for.
  expect(cluster.begun).toEqual(['count0', 'count1', 'count2', 'count3', 'count4', 'count5']);
});

test('instances that need something else have agents of their own', async () => {
  const cluster = new FakeCluster(8);
  const { coordinator } = await openOn(cluster);
  const runs = [coordinator.run('small', 1), coordinator.run('large', 1, { memory: 8e9, gpus: 1 })];
  await cluster.clock.pass(MINUTE);
  expect(runs.every(({ settled }) => settled.result?.ok)).toBe(true);
  const options = cluster.submissions.map((one) => one.options.join(' '));
  expect(options).toHaveLength(2);
  expect(options[0]).not.toContain('--gres');
  expect(options[1]).toContain('--gres=gpu:1');
});

test('Slurm is asked once in a while for all jobs together, and not at all once there are none', async () => {
  const cluster = new FakeCluster(4);
  const { coordinator } = await openOn(cluster);
  coordinator.run('long', 600);
  await cluster.clock.pass(10 * MINUTE);
  expect(cluster.calls.length).toBeLessThan(42);
  const gaps = cluster.calls.slice(1).map(([, at], i) => at - cluster.calls[i][1]);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(15_000);
  const closed = coordinator.executor.close();
  await cluster.clock.pass(10_000);
  await closed;
  const before = cluster.calls.length;
  await cluster.clock.pass(10 * MINUTE);
  expect(cluster.calls).toHaveLength(before);
});

test('a controller that does not answer, or refuses to, means nothing: what runs goes on', async () => {
  const cluster = new FakeCluster(4);
  const { coordinator } = await openOn(cluster);
  const run = coordinator.run('long', 900);
  await cluster.clock.pass(5000);
  cluster.fault = () => 'never';
  await cluster.clock.pass(5 * MINUTE);
  cluster.fault = () => new SchedulerError('Unable to contact slurm controller', true);
  await cluster.clock.pass(5 * MINUTE);
  expect(run.settled.result).toBeUndefined();
  cluster.fault = undefined;
  await cluster.clock.pass(10 * MINUTE);
  expect(run.settled.result?.ok).toBe(true);
  expect(cluster.begun).toEqual(['long']);
  expect(coordinator.warnings).toEqual(['Slurm does not answer: no answer', 'Slurm answers again']);
});

test('an agent that is lost with its node is noticed, and what it ran is to be tried again', async () => {
  const cluster = new FakeCluster(4);
  const { coordinator } = await openOn(cluster);
  const run = coordinator.run('long', 600);
  await cluster.clock.pass(5000);
  const [agent] = cluster.agents.values();
  agent.end('NODE_FAIL');
  await cluster.clock.pass(MINUTE);
  expect(run.settled.result).toEqual({
    ok: false,
    interrupted: `its job 1_0 on node-${agent.slot} was lost with its node`,
  });
  expect(cluster.isOpen(agent.slot)).toBe(false);
});

test('a silent agent is given up, and what it says when it is back from the dead is not heard', async () => {
  const cluster = new FakeCluster(4);
  const { coordinator } = await openOn(cluster);
  const run = coordinator.run('long', 400);
  await cluster.clock.pass(5000);
  const [agent] = cluster.agents.values();
  agent.isSilent = true;
  // Its job cannot be ended either.
  const states: string[] = [];
  agent.end = (state) => void states.push(state);
  await cluster.clock.pass(2.5 * MINUTE);
  expect(states).toEqual(['CANCELLED']);
  expect(run.settled.result).toBeUndefined();
  agent.state = 'NODE_FAIL';
  await cluster.clock.pass(0.5 * MINUTE);
  expect(run.settled.result).toMatchObject({ ok: false, interrupted: expect.any(String) });
  const again = coordinator.run('long', 100);
  expect(again.job.folder).not.toBe(run.job.folder);
  agent.state = 'RUNNING';
  agent.isSilent = false;
  await cluster.clock.pass(5 * MINUTE);
  expect(again.settled.result?.ok).toBe(true);
  expect(again.nodes).not.toContain(`node-${agent.slot}`);
  expect(coordinator.folders.outcome(idOf(run.job.folder))).toBeUndefined();
});

test('words of an agent that arrive after the end of its job count', async () => {
  const cluster = new FakeCluster(4);
  const { coordinator } = await openOn(cluster);
  const run = coordinator.run('count', 22);
  await cluster.clock.pass(10_000);
  const [agent] = cluster.agents.values();
  // Slurm says that it is over while it still works, as after the loss of its slurmd.
  const list = cluster.list.bind(cluster);
  cluster.list = async () => (await list()).map((line) => ({ ...line, state: 'NODE_FAIL' }));
  await cluster.clock.pass(MINUTE);
  expect(run.settled.result?.ok).toBe(true);
  expect(run.nodes).toEqual([`node-${agent.slot}`]);
});

test('five interruptions without getting any further are a failure; with a newer checkpoint they are none', async () => {
  const cluster = new FakeCluster(4);
  const { coordinator } = await openOn(cluster);
  cluster.resultOf = (job) => {
    if (job.instance === 'saves') {
      mkdirSync(job.checkpoint, { recursive: true });
      const before = existsSync(join(job.checkpoint, 'at'))
        ? readFileSync(join(job.checkpoint, 'at'), 'utf8')
        : '';
      writeFileSync(join(job.checkpoint, 'at'), `${before}.`);
    }
    return { ok: false, interrupted: 'its time limit is near' };
  };
  const results = async (instance: string, times: number) => {
    const all: (JobResult | undefined)[] = [];
    for (let i = 0; i < times; i += 1) {
      const run = coordinator.run(instance, 1);
      await cluster.clock.pass(MINUTE);
      all.push(await run.result);
      await coordinator.executor.remote.release(run.job.folder);
    }
    return all;
  };
  const stuck = await results('stuck', 5);
  expect(stuck.slice(0, 4)).toEqual(
    Array(4).fill({ ok: false, interrupted: 'its time limit is near', seconds: 1 }),
  );
  expect(stuck[4]).toMatchObject({ failure: { kind: 'interrupted' } });
  const saves = await results('saves', 7);
  expect(saves).toEqual(
    Array(7).fill({ ok: false, interrupted: 'its time limit is near', seconds: 1 }),
  );
});

test('what ran out of its memory is given twice as much, once, where the site allows it', async () => {
  const failure = { kind: 'out-of-memory', message: 'it was too much' } as const;
  for (const double of [true, false]) {
    const cluster = new FakeCluster(4);
    const { coordinator } = await openOn(cluster, 4, { double });
    cluster.resultOf = () => ({ ok: false, failure });
    const first = coordinator.run('train', 1, { memory: 1e9 });
    await cluster.clock.pass(MINUTE);
    const again = coordinator.run('train', 1, { memory: 1e9 });
    await cluster.clock.pass(MINUTE);
    const memories = cluster.submissions.map(
      ({ options }) => options.find((one) => one.startsWith('--mem')) ?? '',
    );
    const second = { ok: false, failure, seconds: 1 };
    expect(again.settled.result).toEqual(second);
    if (!double) expect(first.settled.result).toEqual(second);
    else {
      const interrupted = 'it was too much; it is given 2000 MB once';
      expect(first.settled.result).toEqual({ ok: false, interrupted, seconds: 1 });
    }
    expect(memories).toEqual(double ? ['--mem=1145M', '--mem=2099M'] : ['--mem=1145M']);
  }
});

test('cancelling tells the agent; one that does not obey is ended with its job', async () => {
  const cluster = new FakeCluster(1);
  const { coordinator } = await openOn(cluster, 4, { grace: 5000 });
  const stop = new AbortController();
  const runs = [
    coordinator.run('obeys', 600, { signal: stop.signal }),
    coordinator.run('waits', 600, { signal: stop.signal }),
  ];
  await cluster.clock.pass(5000);
  stop.abort();
  await cluster.clock.pass(2000);
  const cancelled = { ok: false, cancelled: true };
  expect(runs.map(({ settled }) => settled.result)).toEqual([
    { ...cancelled, seconds: 0 },
    cancelled,
  ]);
  // The ten seconds beyond the grace, of which two have passed, would keep the process alive.
  expect(cluster.clock.waits()).not.toContain(5000 + 10_000 - 2000);
  const deaf = new AbortController();
  const run = coordinator.run('deaf', 600, { signal: deaf.signal });
  await cluster.clock.pass(MINUTE);
  for (const agent of cluster.agents.values()) agent.obey = () => {};
  deaf.abort();
  await cluster.clock.pass(MINUTE);
  expect(run.settled.result).toEqual(cancelled);
  expect(cluster.cancelled).not.toEqual([]);
});

test('progress is seen half a second after it was reported, once a second', async () => {
  const cluster = new FakeCluster(4);
  const { coordinator } = await openOn(cluster);
  const run = coordinator.run('long', 60);
  await cluster.clock.pass(5250);
  const [agent] = cluster.agents.values();
  const progress = { done: 1, total: 2, unit: 'step' };
  agent.say({ type: 'progress', id: idOf(run.job.folder), progress });
  await cluster.clock.pass(500);
  expect(run.progressAt).toHaveLength(1);
  expect(cluster.pace).toBe(1);
});

test('nothing of a job is kept once it is over, though its run goes on', async () => {
  const cluster = new FakeCluster(4);
  const { coordinator } = await openOn(cluster);
  const { signal } = new AbortController();
  const runs = [coordinator.run('one', 5, { signal }), coordinator.run('two', 5, { signal })];
  await cluster.clock.pass(2000);
  expect(getEventListeners(signal, 'abort')).toHaveLength(2);
  await cluster.clock.pass(MINUTE);
  expect(runs.every(({ settled }) => settled.result?.ok)).toBe(true);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('a node on which results would not count as the same is refused', async () => {
  const cluster = new FakeCluster(4);
  cluster.runtime = 'linux-arm64, node 22';
  const { coordinator } = await openOn(cluster);
  const run = coordinator.run('count', 5);
  await cluster.clock.pass(5000);
  expect(run.settled.result).toMatchObject({
    failure: { kind: 'resources', message: expect.stringContaining('has linux-arm64, node 22') },
  });
});

test('a timeout longer than the time that is asked for is refused before anything is submitted', async () => {
  const cluster = new FakeCluster(4);
  const { coordinator } = await openOn(cluster);
  const run = coordinator.run('count', 5, { time: 60_000, timeout: 120_000 });
  await cluster.clock.pass(5000);
  expect(run.settled.result).toMatchObject({ failure: { kind: 'resources' } });
  expect(cluster.submissions).toEqual([]);
});

test('an agent is given nothing that it has no time left for', async () => {
  const cluster = new FakeCluster(1);
  const { coordinator } = await openOn(cluster);
  const time = 5 * MINUTE;
  // Its job may take fifteen minutes: ten more than an instance.
  const runs = Array.from({ length: 5 }, (_, i) => coordinator.run(`count${i}`, 240, { time }));
  await cluster.clock.pass(13 * MINUTE);
  expect(cluster.begun).toHaveLength(3);
  for (const agent of [...cluster.agents.values()].slice(0, 1)) agent.leave();
  await cluster.clock.pass(10 * MINUTE);
  expect(runs.every(({ settled }) => settled.result?.ok)).toBe(true);
  expect(new Set(runs.flatMap(({ nodes }) => nodes)).size).toBe(2);
});

test('a result that its run did not live to store is taken by the next one', async () => {
  const root = temporaryFolder();
  const cluster = new FakeCluster(4);
  const { coordinator } = await openOn(cluster, 4, {}, root);
  const run = coordinator.run('count', 5);
  await cluster.clock.pass(MINUTE);
  expect(run.settled.result?.ok).toBe(true);
  // Killed before it stored the result.
  const next = new Coordinator(new FakeCluster(0), root);
  await next.open();
  expect(next.executor.remote.places(keyOf('count')).folder).toBe(run.job.folder);
  const again = next.run('count', 5);
  await expect(again.result).resolves.toMatchObject({ ok: true, seconds: 5 });
});
