import { cardAttributes, cardOf, type Deck, keyAttributes } from '../study/deck/deck.ts';
import { pairCard } from '../study/deck/subcubes.ts';

/**
 * Games whose queries are unordered pairs of distinct cards:
 *
 * - `shared`: a key matches if it has at least one of the attributes that the two cards share;
 * - `set`: the key that completes the pair to a set matches, and no other.
 */
export const PAIR_GAMES = ['shared', 'set'] as const;
export type PairGame = (typeof PAIR_GAMES)[number];

/** The 0/1 matrix M of a game, keys x queries, by its distinct columns. */
export interface PairMatrix {
  readonly game: PairGame;
  readonly deck: Deck;
  /** Number of columns of M: pairs of distinct cards, keys (keys - 1) / 2. */
  readonly queries: number;
  /**
   * One card per distinct column, ascending. `shared`: the values that the pair shares, `*` in the
   * other attributes. `set`: the card that completes the set.
   */
  readonly cards: readonly number[];
}

/** The matrix of a game, by one pass over all pairs of the deck. */
export function pairMatrix(game: PairGame, deck: Deck): PairMatrix {
  const cards = new Set<number>();
  let queries = 0;
  for (const card of pairCards(game, deck)) {
    cards.add(card);
    queries++;
  }
  return { game, deck, queries, cards: [...cards].sort((a, b) => a - b) };
}

/** The card of each query, pairs (first, second) in lexicographic order of their keys. */
export function* pairCards(game: PairGame, deck: Deck): Generator<number> {
  const { keys, values } = deck;
  const attributes = Array.from({ length: keys }, (_, key) => keyAttributes(deck, key));
  const plain = attributes.map((digits) => cardOf(deck, digits));
  for (let first = 0; first < keys; first++) {
    for (let second = first + 1; second < keys; second++) {
      if (game === 'set') yield pairCard(deck, plain[first], plain[second]);
      else yield sharedCard(attributes[first], attributes[second], values);
    }
  }
}

function sharedCard(first: readonly number[], second: readonly number[], values: number): number {
  let card = 0;
  for (let i = 0; i < first.length; i++) {
    card = card * (values + 1) + (first[i] === second[i] ? first[i] : values);
  }
  return card;
}

/** The column of M with this card: 1 for the keys that match. // [keys] */
export function matchingKeys(game: PairGame, deck: Deck, card: number): Uint8Array {
  const selected = cardAttributes(deck, card);
  const matches =
    game === 'set'
      ? (digits: readonly number[]) => digits.every((value, i) => value === selected[i])
      : (digits: readonly number[]) => digits.some((value, i) => value === selected[i]);
  return Uint8Array.from({ length: deck.keys }, (_, key) =>
    matches(keyAttributes(deck, key)) ? 1 : 0,
  );
}

/**
 * rank M in closed form. `shared`: columns are functions of fewer than A attributes at a time (the
 * two cards differ somewhere), and span all sums of such functions: all of R^(v^A) but the pure
 * interactions of A attributes, which are (v - 1)^A dimensions. `set`: every key completes a pair,
 * and each column holds a single one: full rank. The study `rank` proves it deck by deck.
 */
export function closedFormRank(game: PairGame, { attributes, values, keys }: Deck): number {
  return game === 'set' ? keys : keys - (values - 1) ** attributes;
}
