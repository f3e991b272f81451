import { expect, test } from 'vitest';
import { freeRungs } from '../../../src/studies/ladder/free.ts';
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
