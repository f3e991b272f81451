import { beforeAll, expect, test } from 'vitest';
import { tf } from '../../../src/engine/index.ts';
import { shapeOf } from '../../../src/studies/sequences/examples.ts';
import { learn } from '../../../src/studies/sequences/experiment.ts';
import { SMALL_MODEL } from '../small-model.ts';

beforeAll(() => tf.setBackend('cpu'));

test('a short training learns, and the same seed gives the same curve', async () => {
  const learning = {
    task: 'copy',
    model: { ...SMALL_MODEL, shape: shapeOf('copy'), width: 16, sameQueryKey: true },
    batch: 16,
    schedule: { peak: 0.005, warmUp: 10, steps: 60 },
    every: 30,
    tests: 32,
    seed: 1,
  } as const;
  const [first, second] = [await learn(learning), await learn(learning)];
  expect(first).toEqual(second);
  expect(first.map(({ step }) => step)).toEqual([30, 60]);
  expect(first[1].loss).toBeLessThan(first[0].loss);
  expect(first[1].loss).toBeLessThan(Math.log(13));
});
