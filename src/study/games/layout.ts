import type { Deck } from '../deck/deck.ts';
import type { Game } from './query-set.ts';

/** Games whose queries are pairs of cards; those of `shatter` list keys. */
export type PairGame = Exclude<Game, 'shatter'>;

/** Largest number of pairs of a query: operators are the bits of one 32-bit word, the first one unused. */
export const MOST_PAIRS = 32;

/** Number of pairs that a game's queries have slots for: `pairs` where several are joined, else one. */
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

/** Position of a slot's first card; its second card follows, its operator comes before. */
export function slotPosition(slot: number): number {
  return 1 + 3 * slot;
}
