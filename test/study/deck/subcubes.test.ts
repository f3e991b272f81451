import { describe, expect, test } from 'vitest';
import {
  cardAttributes,
  cardOf,
  type Deck,
  deckOf,
  keyAttributes,
  keyOf,
  plainCards,
} from '../../../src/study/deck/deck.ts';
import { maskSize } from '../../../src/study/deck/masks.ts';
import { pairCard, pairTable, subcubes } from '../../../src/study/deck/subcubes.ts';
import { maskKeys } from '../mask-keys.ts';

const decks = [deckOf(9), deckOf(27)];

/** The values that two attribute digits leave open, straight from the rules of the game. */
function allowed(x: number, y: number): readonly number[] {
  if (x === 3 || y === 3) return [0, 1, 2];
  if (x === y) return [x];
  return [0, 1, 2].filter((value) => value !== x && value !== y);
}

function selectedKeys(deck: Deck, first: number, second: number): readonly number[] {
  const a = cardAttributes(deck, first);
  const b = cardAttributes(deck, second);
  return Array.from({ length: deck.keys }, (_, key) => key).filter((key) =>
    keyAttributes(deck, key).every((value, i) => allowed(a[i], b[i]).includes(value)),
  );
}

describe('a pair', () => {
  test.each(decks)('of any two cards of $keys selects what the rules say', (deck) => {
    const masks = subcubes(deck);
    for (let first = 0; first < deck.cards; first++) {
      for (let second = 0; second < deck.cards; second++) {
        const selected = maskKeys(masks, pairCard(deck, first, second), 1);
        expect(selected).toEqual(selectedKeys(deck, first, second));
      }
    }
  });

  test('with a plain first card selects every subcube, for each first card', () => {
    const deck = deckOf(27);
    const table = pairTable(deck, plainCards(deck));
    for (let key = 0; key < deck.keys; key++) {
      expect(new Set(table.subarray(key * 64, (key + 1) * 64)).size).toBe(64);
    }
    expect(new Set(subcubes(deck)).size).toBe(64);
  });

  test('of 81 keys spreads over three words', () => {
    const deck = deckOf(81);
    const masks = subcubes(deck);
    const card = pairCard(deck, cardOf(deck, [0, 0, 1, 2]), cardOf(deck, [1, 0, 3, 0]));
    const keys = [0, 1, 2].map((value) => keyOf(deck, [2, 0, value, 1]));
    expect(maskKeys(masks, card * 3, 3)).toEqual(keys);
    expect(maskSize(masks, card * 3, 3)).toBe(3);
  });

  test('of five values has the midpoint as its third, and an even number of values has none', () => {
    const five = deckOf(25, 5);
    expect(pairCard(five, cardOf(five, [0, 4]), cardOf(five, [2, 4]))).toBe(cardOf(five, [1, 4]));
    expect(() => pairCard(deckOf(16, 4), 0, 1)).toThrow('use an odd number');
  });
});
