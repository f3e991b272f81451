import { expect, test } from 'vitest';
import { encoderRung, freeRungs } from '../../../src/studies/ladder/experiment.ts';
import { klOf } from '../../../src/studies/ladder/tables.ts';
import { deckOf } from '../../../src/study/deck/deck.ts';

test('free vectors of two numbers stay far from nine keys’ subsets, of eight come near; the optimum is the best start', async () => {
  const settings = { seeds: [1, 2], restarts: 1, steps: 250, learningRate: 0.1 };
  const two = await freeRungs(deckOf(9), { ...settings, d: 2 }, {});
  const eight = await freeRungs(deckOf(9), { ...settings, d: 8 }, {});
  for (const rungs of [two, eight]) {
    const d = rungs[0].d;
    const [optimum] = klOf(rungs, d, 'optimum');
    for (const kl of klOf(rungs, d, 'cross-entropy')) expect(kl).toBeGreaterThanOrEqual(optimum);
    for (const kl of klOf(rungs, d, 'infonce')) expect(kl).toBeGreaterThanOrEqual(optimum);
  }
  expect(klOf(two, 2, 'optimum')[0]).toBeGreaterThan(0.3);
  expect(klOf(eight, 8, 'optimum')[0]).toBeLessThan(0.05);
});

test('an encoder is asked for all sets, or for those that it was not trained on', async () => {
  const settings = {
    d: 9,
    seed: 1,
    encoder: { layers: 1, width: 16, heads: 2, feedForward: 32, pooling: 'mean' },
    steps: 60,
    batch: 32,
    learningRate: 0.01,
    warmUp: 5,
    keyScale: 5,
    backend: 'onnxruntime',
  } as const;
  const { signal } = new AbortController();
  const all = await encoderRung(deckOf(9), 'encoder', settings, signal);
  const half = await encoderRung(deckOf(9), 'half', settings, signal);
  // The even guess has a mean KL of ln 9 less the mean of ln n, 0.75.
  expect(all.kl).toBeLessThan(0.6);
  expect(half.kl).not.toBe(all.kl);
  expect(half).toMatchObject({ d: 9, seed: 1, rung: 'half' });
});
