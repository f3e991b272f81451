import { expect, test } from 'vitest';
import { proveRank } from '../../../src/studies/rank/experiment.ts';
import { deckOf } from '../../../src/study/deck/deck.ts';

test('a rank comes with its bounds and the closed form', () => {
  expect(proveRank('shared', deckOf(27))).toEqual({
    rank: { game: 'shared', attributes: 3, values: 3, queries: 351, keys: 27, rank: 19 },
    proof: {
      game: 'shared',
      attributes: 3,
      values: 3,
      distinctColumns: 37,
      prime: 32749,
      lower: 19,
      annihilators: 8,
      upper: 19,
      closedForm: 19,
    },
  });
});
