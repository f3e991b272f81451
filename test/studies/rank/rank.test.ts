import fc from 'fast-check';
import { expect, test } from 'vitest';
import { closedForm, exactRank } from '../../../src/studies/rank/exact-rank.ts';
import { ModularBasis, PRIME } from '../../../src/studies/rank/modular-basis.ts';
import {
  matchingKeys,
  type PairGame,
  pairCards,
  pairMatrix,
} from '../../../src/studies/rank/pair-matrix.ts';
import { deckOf } from '../../../src/study/deck/deck.ts';
import { bareissRank } from './bareiss.ts';

const rankOf = (game: PairGame, attributes: number, values: number) =>
  exactRank(pairMatrix(game, deckOf(values ** attributes, values))).rank;

/** M written out from the game's words: keys x queries, by texts of digits. */
function matrixByWords(game: PairGame, attributes: number, values: number): number[][] {
  const cards = Array.from({ length: values ** attributes }, (_, i) =>
    i.toString(values).padStart(attributes, '0').split('').map(Number),
  );
  const pairs = cards.flatMap((a, i) => cards.slice(i + 1).map((b) => [a, b]));
  const matches = ([a, b]: number[][], key: number[]) =>
    game === 'shared'
      ? key.some((value, i) => value === a[i] && value === b[i])
      : key.every(
          (value, i) => (value + a[i] + b[i]) % 3 === 0 || new Set([value, a[i], b[i]]).size === 1,
        );
  return cards.map((key) => pairs.map((pair) => (matches(pair, key) ? 1 : 0)));
}

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

test('the matrix is what the game says, column by column', () => {
  for (const [game, attributes, values] of [
    ['shared', 3, 3],
    ['shared', 2, 4],
    ['set', 3, 3],
  ] as const) {
    const deck = deckOf(values ** attributes, values);
    const columns = [...pairCards(game, deck)].map((card) => matchingKeys(game, deck, card));
    const rows = Array.from({ length: deck.keys }, (_, key) => columns.map((c) => c[key]));
    expect(rows).toEqual(matrixByWords(game, attributes, values));
  }
});

test('the matrix of 27 keys has 351 queries, 36 distinct ones and an empty one', () => {
  const { queries, cards } = pairMatrix('shared', deckOf(27));
  expect([queries, cards.length]).toEqual([351, 37]);
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
        closedForm('shared', deck),
      );
    }
  }
});

test('a matrix whose rank the bounds do not prove is an error', () => {
  const matrix = pairMatrix('shared', deckOf(9));
  expect(() => exactRank({ ...matrix, cards: matrix.cards.slice(0, 3) })).toThrow('between');
  // A query that fixes every attribute is not a function of fewer of them.
  expect(() => exactRank({ ...matrix, cards: [0, ...matrix.cards] })).toThrow('needs 0');
});

test('elimination modulo the prime agrees with big integers on small matrices', () => {
  const matrices = fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
    .chain(([rows, columns]) =>
      fc.array(
        fc.array(fc.integer({ min: -3, max: 3 }), { minLength: columns, maxLength: columns }),
        { minLength: rows, maxLength: rows },
      ),
    );
  fc.assert(
    fc.property(matrices, (matrix) => {
      const basis = new ModularBasis(matrix[0].length);
      for (const row of matrix) basis.add(row);
      // Hadamard: minors are at most (3 sqrt 5)^5 < 13,585 in size, so the prime divides none but 0.
      expect(basis.size).toBe(bareissRank(matrix));
    }),
  );
});

test('a multiple of the prime counts as nothing: a lower bound, not the rank', () => {
  const basis = new ModularBasis(2);
  expect(basis.add([PRIME, 0])).toBe(false);
  expect(basis.add([1, PRIME])).toBe(true);
  expect(() => basis.add([1])).toThrow(RangeError);
});
