import { expect, test } from 'vitest';
import { accuracyOf } from '../../../src/studies/low-rank/accuracy.ts';
import { distinctQueries } from '../../../src/studies/low-rank/queries.ts';
import { trainedScores } from '../../../src/studies/low-rank/training.ts';
import { deckOf } from '../../../src/study/deck/deck.ts';

test('four dimensions learn every query of two attributes reproducibly, three do not', async () => {
  const deck = deckOf(25, 5);
  const queries = distinctQueries(deck);
  const task = { queries, keys: deck.keys, steps: 500, learningRate: 0.05, seed: 1 };
  const four = await trainedScores({ ...task, d: 4 });
  expect(accuracyOf(queries, deck.keys, four).accuracy).toBe(1);
  expect(await trainedScores({ ...task, d: 4 })).toEqual(four);
  const three = await trainedScores({ ...task, d: 3 });
  expect(accuracyOf(queries, deck.keys, three).accuracy).toBeLessThan(0.5);
});
