import { expect, test } from 'vitest';
import { closedFormRank, type PairGame, pairMatrix } from '../../../src/studies/pair-matrix.ts';
import { exactRank } from '../../../src/studies/rank/exact-rank.ts';
import { deckOf } from '../../../src/study/deck/deck.ts';
import { matrixByWords } from '../matrix-by-words.ts';
import { bareissRank } from './bareiss.ts';

const rankOf = (game: PairGame, attributes: number, values: number) =>
  exactRank(pairMatrix(game, deckOf(values ** attributes, values))).rank;

test.each([
  [2, 5, 9],
  [2, 6, 11],
  [2, 7, 13],
  [2, 8, 15],
  [2, 3, 5],
  [3, 3, 19],
  [4, 3, 65],
])('%i attributes of %i values: the published rank, %i', (attributes, values, rank) => {
  expect(rankOf('shared', attributes, values)).toBe(rank);
});

test.each([
  ['shared', 2, 2],
  ['shared', 2, 3],
  ['shared', 2, 4],
  ['shared', 3, 2],
  ['shared', 3, 3],
  ['shared', 4, 2],
  ['set', 2, 3],
  ['set', 3, 3],
] as const)('%s, %i attributes of %i values: as fraction-free elimination says', (game, A, v) => {
  expect(rankOf(game, A, v)).toBe(bareissRank(matrixByWords(game, A, v)));
});

test('SET has full rank', () => {
  for (const [attributes, values] of [
    [2, 3],
    [3, 3],
    [4, 3],
    [2, 5],
  ] as const) {
    expect(rankOf('set', attributes, values)).toBe(values ** attributes);
  }
});

test('the closed form v^A - (v - 1)^A holds for every deck of up to 256 keys', () => {
  for (let A = 2; A <= 8; A++) {
    for (let v = 2; v ** A <= 256; v++) {
      const deck = deckOf(v ** A, v);
      expect(exactRank(pairMatrix('shared', deck)).rank, `A = ${A}, v = ${v}`).toBe(
        closedFormRank('shared', deck),
      );
    }
  }
});

test('a matrix whose rank the bounds do not prove is an error', () => {
  const matrix = pairMatrix('shared', deckOf(9));
  expect(() => exactRank({ ...matrix, cards: matrix.cards.slice(0, 3) })).toThrow('between');
  // A query that fixes every attribute is not a function of fewer of them.
  expect(() => exactRank({ ...matrix, cards: [0, ...matrix.cards] })).toThrow('not 0');
});
