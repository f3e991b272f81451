import { describe, expect, it } from 'vitest';
import {
  cardAttributes,
  cardOf,
  type Deck,
  deckOf,
  keyAttributes,
  keyOf,
  plainCards,
} from '../../../src/study/deck/deck.ts';
import { maskKeys, maskSize, nthKey, popcount } from '../../../src/study/deck/masks.ts';
import { pairCard, pairTable, subcubes } from '../../../src/study/deck/subcubes.ts';
import { vocabulary } from '../../../src/study/deck/tokens.ts';

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

describe('a deck', () => {
  it('has v^A keys and (v + 1)^A query cards', () => {
    expect(deckOf(27)).toEqual({ attributes: 3, values: 3, keys: 27, cards: 64, maskWords: 1 });
    expect(deckOf(81)).toMatchObject({ attributes: 4, cards: 256, maskWords: 3 });
    expect(deckOf(125, 5)).toMatchObject({ attributes: 3, cards: 216, maskWords: 4 });
  });

  it('refuses a number of keys that is no power of the values', () => {
    expect(() => deckOf(28)).toThrow('no deck of 28 keys has 3 values per attribute');
    expect(() => deckOf(1)).toThrow(RangeError);
    expect(() => deckOf(Number.NaN)).toThrow(RangeError);
  });

  it('writes indices with the first attribute as the most significant digit', () => {
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

  it('has its tokens in a fixed order: cards, operators, marks', () => {
    expect(vocabulary(deckOf(27))).toEqual({
      union: 64,
      symdiff: 65,
      start: 66,
      end: 67,
      pad: 68,
      size: 69,
    });
  });
});

describe('a pair', () => {
  it.each(decks)('of any two cards of $keys selects what the rules say', (deck) => {
    const masks = subcubes(deck);
    for (let first = 0; first < deck.cards; first++) {
      for (let second = 0; second < deck.cards; second++) {
        const selected = maskKeys(masks, pairCard(deck, first, second), 1);
        expect(selected).toEqual(selectedKeys(deck, first, second));
      }
    }
  });

  it('with a plain first card selects every subcube, for each first card', () => {
    const deck = deckOf(27);
    const table = pairTable(deck, plainCards(deck));
    for (let key = 0; key < deck.keys; key++) {
      expect(new Set(table.subarray(key * 64, (key + 1) * 64)).size).toBe(64);
    }
    expect(new Set(subcubes(deck)).size).toBe(64);
  });

  it('of 81 keys spreads over three words', () => {
    const deck = deckOf(81);
    const masks = subcubes(deck);
    const card = pairCard(deck, cardOf(deck, [0, 0, 1, 2]), cardOf(deck, [1, 0, 3, 0]));
    const keys = [0, 1, 2].map((value) => keyOf(deck, [2, 0, value, 1]));
    expect(maskKeys(masks, card * 3, 3)).toEqual(keys);
    expect(maskSize(masks, card * 3, 3)).toBe(3);
  });

  it('of five values has the midpoint as its third, and an even number of values has none', () => {
    const five = deckOf(25, 5);
    expect(pairCard(five, cardOf(five, [0, 4]), cardOf(five, [2, 4]))).toBe(cardOf(five, [1, 4]));
    expect(() => pairCard(deckOf(16, 4), 0, 1)).toThrow('use an odd number');
  });
});

describe('a mask', () => {
  it('counts and lists its keys', () => {
    const masks = Uint32Array.of(0, 0x80000001, 0, 0xffffffff);
    expect(popcount(0xffffffff)).toBe(32);
    expect(maskSize(masks, 0, 4)).toBe(34);
    const keys = maskKeys(masks, 0, 4);
    expect(keys.slice(0, 3)).toEqual([32, 63, 96]);
    keys.forEach((key, rank) => {
      expect(nthKey(masks, 0, rank)).toBe(key);
    });
  });
});
