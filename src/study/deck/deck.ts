/** A deck of cards. In a query card the digit `values`, one past the last value, is the wildcard. */
export interface Deck {
  /** A: attributes per card. */
  readonly attributes: number;
  /** v: values per attribute. */
  readonly values: number;
  /** v^A: the cards that queries select. Index: attributes as digits base v. */
  readonly keys: number;
  /** (v + 1)^A: cards that a query may hold, wildcards included. Index: digits base v + 1. */
  readonly cards: number;
  /** W = ceil(keys / 32): 32-bit words of a set of keys. */
  readonly maskWords: number;
}

/**
 * The deck of `keys` cards with `values` values per attribute, e.g. 27 cards of 3 values: 3 attributes.
 * @throws RangeError if `keys` is not a power of `values`
 */
export function deckOf(keys: number, values = 3): Deck {
  const attributes = Math.round(Math.log(keys) / Math.log(values));
  if (!(values >= 2) || !(attributes >= 1) || values ** attributes !== keys) {
    throw new RangeError(
      `a deck with ${values} values per attribute cannot have ${keys} keys: ` +
        `give a power of ${values}, e.g. ${values ** 2} or ${values ** 3}`,
    );
  }
  return {
    attributes,
    values,
    keys,
    cards: (values + 1) ** attributes,
    maskWords: Math.ceil(keys / 32),
  };
}

/** Values of a key's attributes; the first is the most significant digit of its index. */
export function keyAttributes(deck: Deck, key: number): readonly number[] {
  return toDigits(key, deck.values, deck.attributes);
}

/** Digits of a query card's attributes; `deck.values` is the wildcard. */
export function cardAttributes(deck: Deck, card: number): readonly number[] {
  return toDigits(card, deck.values + 1, deck.attributes);
}

/** The query card with these attributes. */
export function cardOf(deck: Deck, attributes: readonly number[]): number {
  return fromDigits(attributes, deck.values + 1);
}

/** The key with these attributes. */
export function keyOf(deck: Deck, attributes: readonly number[]): number {
  return fromDigits(attributes, deck.values);
}

/** For every key, the query card that shows it: the one without wildcards. // [keys] */
export function plainCards(deck: Deck): Uint16Array {
  return Uint16Array.from({ length: deck.keys }, (_, key) =>
    cardOf(deck, keyAttributes(deck, key)),
  );
}

function toDigits(index: number, base: number, length: number): readonly number[] {
  const digits = new Array<number>(length);
  let remaining = index;
  for (let place = length - 1; place >= 0; place--) {
    digits[place] = remaining % base;
    remaining = Math.floor(remaining / base);
  }
  return digits;
}

function fromDigits(digits: readonly number[], base: number): number {
  return digits.reduce((index, digit) => index * base + digit, 0);
}
