import { execa } from 'execa';
import { expect, test } from 'vitest';
import { counted } from '../../../src/studies/data-parallel/exchange.ts';
import { Replica, type WorkerResult } from '../../../src/studies/data-parallel/replica.ts';
import {
  emptyOutboxes,
  sharedMemoryExchange,
} from '../../../src/studies/data-parallel/shared-memory.ts';
import { SimulatedGroup } from '../../../src/studies/data-parallel/simulated-network.ts';
import {
  METHODS,
  type Run,
  TASKS,
  type TaskName,
} from '../../../src/studies/data-parallel/tables.ts';
import { taskOf } from '../../../src/studies/data-parallel/tasks.ts';
import { trainInThreads } from '../../../src/studies/data-parallel/threads.ts';
import { smallSettings } from './settings.ts';

/** Trains a group in this thread. */
async function train(task: TaskName, run: Run, size: number) {
  const settings = smallSettings(task);
  const group = new SimulatedGroup(size, { latency: 1, bandwidth: 1 });
  const replicas = group.exchanges.map(() => new Replica(taskOf(settings), settings.batch));
  const results: WorkerResult[] = [];
  const exchanges = group.exchanges.map(counted);
  await group.run(async ({ rank }) => {
    results[rank] = await replicas[rank].train(run, settings.schedule, exchanges[rank]);
  });
  for (const replica of replicas) await replica.dispose();
  return results.map(({ losses, parameters }, rank) => ({
    losses,
    parameters: [...parameters],
    bytesSent: exchanges[rank].traffic.bytesSent,
  }));
}

const meanLosses = (workers: readonly { readonly losses: readonly number[] }[]) =>
  workers[0].losses.map(
    (_, step) => workers.reduce((sum, { losses }) => sum + losses[step], 0) / workers.length,
  );

test.each(TASKS)('%s: workers train what one process trains, by every method', async (task) => {
  const [one] = await train(task, 'one', 1);
  expect(one.losses[3]).not.toBe(one.losses[0]);
  for (const run of METHODS) {
    const workers = await train(task, run, 3);
    meanLosses(workers).forEach((loss, step) => {
      expect(loss).toBeCloseTo(one.losses[step], 4);
    });
    for (const { parameters } of workers) expect(parameters).toEqual(workers[0].parameters);
  }
});

test('reversed rows are the same batch, and symmetric InfoNCE of shards is not its mean', async () => {
  const [one] = await train('infonce', 'one', 1);
  const [reordered] = await train('infonce', 'reordered', 1);
  expect(reordered.losses[0]).toBeCloseTo(one.losses[0], 5);
  const apart = await train('infonce', 'apart', 3);
  expect(Math.abs(meanLosses(apart)[0] - one.losses[0])).toBeGreaterThan(0.01);
});

test('threads that share memory give the same bits as a group in one thread, and fail together', async () => {
  const { stdout } = await execa('node', [
    'src/pipe/loader/run.mjs',
    'test/studies/data-parallel/train-in-threads.ts',
  ]);
  const { groups, failure } = JSON.parse(stdout);
  expect(failure).toMatch(/^training of infonce by ring diverged in step \d: the loss is/);
  expect(groups).toEqual([
    await train('infonce', 'one', 1),
    await train('infonce', 'ring', 3),
    await train('infonce', 'tree', 2),
    await train('infonce', 'master', 3),
  ]);
}, 180_000);

test('a batch that workers cannot share alike is refused', async () => {
  await expect(trainInThreads(smallSettings('mlp'), [{ run: 'ring', workers: 4 }])).rejects.toThrow(
    'a batch of 6 rows cannot be shared by 4 workers alike',
  );
});

test('a message waits in its outbox, whole, until it is read', async () => {
  const outboxes = emptyOutboxes(3, 4);
  const [first, second] = [0, 2].map((rank) => sharedMemoryExchange(outboxes, rank, 3));
  const sent = Float32Array.of(1, 2, 3);
  await first.send(2, sent);
  sent.fill(0);
  await second.send(0, Float32Array.of(4));
  expect([...(await second.receive(0))]).toEqual([1, 2, 3]);
  expect([...(await first.receive(2))]).toEqual([4]);
  await first.send(2, new Float32Array(0));
  expect(await second.receive(0)).toHaveLength(0);
  await expect(first.send(2, new Float32Array(5))).rejects.toThrow('does not fit an outbox of 4');
});
