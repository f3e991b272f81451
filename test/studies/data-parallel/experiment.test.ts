import { execa } from 'execa';
import { expect, test } from 'vitest';
import { timeOnNetworks } from '../../../src/studies/data-parallel/experiment.ts';
import {
  type LossRow,
  METHODS,
  type WorkerRow,
} from '../../../src/studies/data-parallel/tables.ts';
import { secondsToReduce } from '../../../src/studies/data-parallel/theory.ts';
import { trainInThreads } from '../../../src/studies/data-parallel/threads.ts';
import { meanLosses, trainTogether } from './group.ts';
import { smallSettings } from './settings.ts';

test('threads that share memory give the same bits as a group in one thread, and fail together', async () => {
  const { stdout } = await execa('node', [
    'src/pipe/loader/run.mjs',
    'test/studies/data-parallel/train-in-threads.ts',
  ]);
  const { losses, workers, failure } = JSON.parse(stdout) as {
    readonly losses: readonly LossRow[];
    readonly workers: readonly WorkerRow[];
    readonly failure: string;
  };
  expect(failure).toMatch(/^training of infonce by one diverged in step \d: the loss is/);
  const all = [
    ['one', 1],
    ['reordered', 1],
    ...METHODS.map((run) => [run, 3] as const),
    ['apart', 3],
  ] as const;
  for (const [run, size] of all) {
    const expected = await trainTogether('infonce', run, size);
    const own = losses.filter((row) => row.run === run);
    expect(own.map(({ loss }) => loss)).toEqual(meanLosses(expected));
    const rows = workers.filter((row) => row.run === run);
    expect(rows.map((row) => [row.rank, row.bytesSent, row.bytesReceived])).toEqual(
      expected.map((one, rank) => [rank, one.bytesSent, one.bytesReceived]),
    );
    for (const { difference } of rows) expect(difference).toBe(0);
    expect(rows[0].batchLoss).toBeGreaterThan(0);
  }
  expect(workers).toHaveLength(14);
}, 180_000);

test('a batch that workers cannot share alike is refused', async () => {
  await expect(trainInThreads(smallSettings('mlp'), [{ run: 'ring', workers: 4 }])).rejects.toThrow(
    'a batch of 6 rows cannot be shared by 4 workers alike',
  );
});

test('times on networks are those of the formula, of every method, network and size', async () => {
  const networks = [
    { network: 'a', latency: 1e-3, bandwidth: 1e6 },
    { network: 'b', latency: 1e-6, bandwidth: 1e9 },
  ];
  const rows = await timeOnNetworks(64, networks, [1, 4]);
  expect(rows).toHaveLength(12);
  for (const row of rows) {
    expect(row.seconds).toBeCloseTo(secondsToReduce(row.method, 64, row.workers, row), 12);
  }
});
