import { cardAttributes, cardOf, type Deck, keyAttributes } from '../../study/deck/deck.ts';
import { pairCard } from '../../study/deck/subcubes.ts';

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
   * What tells a column apart, ascending: a card with `*` where the pair shares nothing, or the
   * card that completes the set. Equal columns have equal cards.
   */
  readonly cards: readonly number[];
}

/** Goes through every pair of the deck once. */
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
  const plain = attributes.map((own) => cardOf(deck, own));
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

/** Column of M: 1 for the keys that match. // [keys] */
export function matchingKeys(game: PairGame, deck: Deck, card: number): Uint8Array {
  const wanted = cardAttributes(deck, card);
  const matches =
    game === 'set'
      ? (own: readonly number[]) => own.every((value, i) => value === wanted[i])
      : (own: readonly number[]) => own.some((value, i) => value === wanted[i]);
  return Uint8Array.from({ length: deck.keys }, (_, key) =>
    matches(keyAttributes(deck, key)) ? 1 : 0,
  );
}
