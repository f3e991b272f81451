import { expect, test } from 'vitest';
import { METHODS, TASKS } from '../../../src/studies/data-parallel/tables.ts';
import { meanLosses, trainTogether } from './group.ts';

test.each(TASKS)('%s: workers train what one process trains, by every method', async (task) => {
  const [one] = await trainTogether(task, 'one', 1);
  expect(one.losses[3]).not.toBe(one.losses[0]);
  for (const run of METHODS) {
    const workers = await trainTogether(task, run, 3);
    meanLosses(workers).forEach((loss, step) => {
      expect(loss).toBeCloseTo(one.losses[step], 4);
    });
    for (const { parameters } of workers) expect(parameters).toEqual(workers[0].parameters);
  }
});

test('reversed rows are the same batch, and symmetric InfoNCE of shards is not its mean', async () => {
  const [one] = await trainTogether('infonce', 'one', 1);
  const [reordered] = await trainTogether('infonce', 'reordered', 1);
  expect(reordered.losses[0]).toBeCloseTo(one.losses[0], 5);
  const apart = await trainTogether('infonce', 'apart', 3);
  expect(Math.abs(meanLosses(apart)[0] - one.losses[0])).toBeGreaterThan(0.01);
});
