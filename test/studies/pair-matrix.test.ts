import { expect, test } from 'vitest';
import { matchingKeys, pairCards, pairMatrix } from '../../src/studies/pair-matrix.ts';
import { deckOf } from '../../src/study/deck/deck.ts';
import { matrixByWords } from './matrix-by-words.ts';

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
