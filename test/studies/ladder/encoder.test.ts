import { expect, test } from 'vitest';
import { encoderRung } from '../../../src/studies/ladder/encoder.ts';
import { deckOf } from '../../../src/study/deck/deck.ts';

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
  } as const;
  const { signal } = new AbortController();
  const all = await encoderRung(deckOf(9), 'encoder', settings, signal);
  const half = await encoderRung(deckOf(9), 'half', settings, signal);
  // The even guess has a mean KL of ln 9 less the mean of ln n, 0.75.
  expect(all.kl).toBeLessThan(0.6);
  expect(half.kl).not.toBe(all.kl);
  expect(half).toMatchObject({ d: 9, seed: 1, rung: 'half' });
});
