import { cardAttributes, cardOf, type Deck, keyAttributes } from './deck.ts';

/**
 * The keys that each query card matches, as bit masks: a wildcard matches every value. Bit k % 32 of
 * word floor(k / 32) is key k. These masks are the deck's subcubes. // [cards, W]
 */
export function subcubes(deck: Deck): Uint32Array {
  const { cards, keys, maskWords, values } = deck;
  const masks = new Uint32Array(cards * maskWords);
  const attributesOfKeys = Array.from({ length: keys }, (_, key) => keyAttributes(deck, key));
  for (let card = 0; card < cards; card++) {
    const shown = cardAttributes(deck, card);
    attributesOfKeys.forEach((attributes, key) => {
      if (shown.every((value, i) => value === values || value === attributes[i])) {
        masks[card * maskWords + (key >>> 5)] |= 1 << (key & 31);
      }
    });
  }
  return masks;
}

/**
 * The card whose subcube a pair selects. Per attribute: any value if either card has a wildcard,
 * the same value if both agree, else the third. Over an odd number of values that third is the
 * midpoint (x + y) / 2 modulo v, which for v = 3 is the value that neither card shows.
 */
export function pairCard(deck: Deck, first: number, second: number): number {
  const { values } = deck;
  const half = halfModulo(values);
  const other = cardAttributes(deck, second);
  return cardOf(
    deck,
    cardAttributes(deck, first).map((x, i) => {
      const y = other[i];
      return x === values || y === values ? values : ((x + y) * half) % values;
    }),
  );
}

/** `pairCard` of every plain card (by key) with every query card. // [keys, cards] */
export function pairTable(deck: Deck, plain: Uint16Array): Uint16Array {
  const table = new Uint16Array(deck.keys * deck.cards);
  plain.forEach((card, key) => {
    for (let second = 0; second < deck.cards; second++) {
      table[key * deck.cards + second] = pairCard(deck, card, second);
    }
  });
  return table;
}

/** The inverse of 2 modulo an odd number. */
function halfModulo(values: number): number {
  if (values % 2 === 0) {
    throw new RangeError(
      `two cards have no third value among ${values} values: use an odd number of values`,
    );
  }
  return (values + 1) / 2;
}
