import { describe, expect, test } from 'vitest';
import {
  cardAttributes,
  cardOf,
  deckOf,
  keyAttributes,
  keyOf,
} from '../../../src/study/deck/deck.ts';

const decks = [deckOf(9), deckOf(27)];

describe('a deck', () => {
  test('has v^A keys and (v + 1)^A query cards', () => {
    expect(deckOf(27)).toEqual({ attributes: 3, values: 3, keys: 27, cards: 64, maskWords: 1 });
    expect(deckOf(81)).toMatchObject({ attributes: 4, cards: 256, maskWords: 3 });
    expect(deckOf(125, 5)).toMatchObject({ attributes: 3, cards: 216, maskWords: 4 });
  });

  test('refuses a number of keys that is not a power of the values', () => {
    expect(() => deckOf(28)).toThrow('a deck with 3 values per attribute cannot have 28 keys');
    expect(() => deckOf(1)).toThrow(RangeError);
    expect(() => deckOf(Number.NaN)).toThrow(RangeError);
  });

  test('writes indices with the first attribute as the most significant digit', () => {
    expect(keyAttributes(deckOf(27), 5)).toEqual([0, 1, 2]);
    expect(cardAttributes(deckOf(27), 27)).toEqual([1, 2, 3]);
    for (const deck of decks) {
      for (let key = 0; key < deck.keys; key++) {
        expect(keyOf(deck, keyAttributes(deck, key))).toBe(key);
      }
      for (let card = 0; card < deck.cards; card++) {
        expect(cardOf(deck, cardAttributes(deck, card))).toBe(card);
      }
    }
  });
});
