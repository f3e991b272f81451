import type { Deck } from '../deck/deck.ts';
import type { Game } from './query-set.ts';

/** Games whose queries are pairs of cards; those of `shatter` list keys. */
export type PairGame = Exclude<Game, 'shatter'>;

/** The most pairs of a query: operators are drawn as the bits of one word, the first one unused. */
export const MOST_PAIRS = 32;

/** How many pairs a game's queries have room for: `pairs` where several are joined, else one. */
export function slotsOf(game: PairGame, pairs: number): number {
  return game === 'set' || game === 'star' ? 1 : pairs;
}

/**
 * T, tokens per query. Pairs: `start c1 c2 (op c1 c2)* end`; `shatter`: `start`, up to all keys,
 * `end`.
 */
export function sequenceLength(deck: Deck, game: Game, pairs: number): number {
  return game === 'shatter' ? deck.keys + 2 : 3 * slotsOf(game, pairs) + 1;
}

/** Where the first card of a slot stands; its second card follows, its operator stands before. */
export function slotPosition(slot: number): number {
  return 1 + 3 * slot;
}
