import { describe, expect, test } from 'vitest';
import { cardWords, keyWords } from '../../../src/pages/cards/attributes.ts';
import { cardFace } from '../../../src/pages/cards/face.ts';
import { cardOf, deckOf } from '../../../src/study/deck/deck.ts';

describe('a card in words', () => {
  test.each([
    [9, [0, 0], 'one red diamond'],
    [9, [2, 1], 'two purple diamonds'],
    [9, [3, 3], 'any number of diamonds of any colour'],
    [27, [1, 2, 2], 'three green squiggles'],
    [27, [0, 0, 3], 'one red symbol of any shape'],
    [81, [1, 1, 1, 1], 'two striped green ovals'],
    [81, [3, 3, 3, 3], 'any number of symbols of any colour, shape and shading'],
  ] as const)('of %i cards, attributes %j', (cards, attributes, words) => {
    const deck = deckOf(cards);
    expect(cardWords(deck, cardOf(deck, attributes))).toBe(words);
  });

  test.each([9, 27, 81])('tells each of %i keys from the others', (cards) => {
    const deck = deckOf(cards);
    const words = Array.from({ length: cards }, (_, key) => keyWords(deck, key));
    expect(new Set(words).size).toBe(cards);
  });
});

test.each([9, 27, 81])('every query card of a deck of %i cards has a face of its own', (cards) => {
  const deck = deckOf(cards);
  const faces = Array.from({ length: deck.cards }, (_, card) => cardFace(deck, card));
  expect(new Set(faces).size).toBe(deck.cards);
});

test('a card shows its symbol as often as its number says, and three times for any', () => {
  const deck = deckOf(9);
  const symbolsOf = (number: number) =>
    cardFace(deck, cardOf(deck, [0, number])).split('<g transform').length - 1;
  expect([0, 1, 2, 3].map(symbolsOf)).toEqual([1, 2, 3, 3]);
});
