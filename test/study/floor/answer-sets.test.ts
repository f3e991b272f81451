import { expect, test } from 'vitest';
import { deckOf } from '../../../src/study/deck/deck.ts';
import { answerSets } from '../../../src/study/floor/answer-sets.ts';
import type { Game } from '../../../src/study/games/query-set.ts';
import { testQueries } from '../../../src/study/games/sampling.ts';

const setsFrom = (game: Game, keys: number, count = 400) => {
  const deck = deckOf(keys);
  return answerSets(testQueries({ deck, game, pairs: 5, count, seed: 1 }), keys, 0, count);
};

test('answer sets are distinct, with the share of queries that select each', () => {
  const { count, shares, isTrue, keys } = setsFrom('set', 9);
  expect(count).toBe(9);
  expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
  expect(Math.max(...shares)).toBeLessThan(0.2);
  const rows = Array.from({ length: count }, (_, i) =>
    isTrue.subarray(i * keys, (i + 1) * keys).join(),
  );
  expect(new Set(rows).size).toBe(9);
});
