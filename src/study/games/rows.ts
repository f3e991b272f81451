import type { Stream } from '../../random/stream.ts';
import type { Deck } from '../deck/deck.ts';
import { maskSize, nthKey } from '../deck/masks.ts';
import { sequenceLength } from './layout.ts';
import type { Game, QuerySet } from './query-set.ts';

/** Whether queries follow the game's own distribution, or that of its matching (query, key) pairs. */
export type Weighting = 'uniform' | 'byAnswers';

/** The rows `from` (included) to `to` (excluded) of a query set that is being filled. */
export interface RowRange {
  readonly queries: QuerySet;
  readonly from: number;
  readonly to: number;
}

/** A query set of `count` rows, still empty. */
export function emptyQueries(deck: Deck, game: Game, pairs: number, count: number): QuerySet {
  const length = sequenceLength(deck, game, pairs);
  return {
    game,
    count,
    sequenceLength: length,
    tokens: new Uint16Array(count * length),
    maskWords: deck.maskWords,
    keyMasks: new Uint32Array(count * deck.maskWords),
    keys: new Uint16Array(count),
    pairs: new Uint8Array(count),
  };
}

/**
 * Accepts or rejects the query whose mask is at `row`, and draws the key of an accepted one. An
 * empty answer is always rejected. With `byAnswers`, a query with k keys is accepted with
 * probability k / `mostKeys`: accepted queries are uniform over the matching (query, key) pairs.
 */
export function acceptAnswer(
  queries: QuerySet,
  row: number,
  weighting: Weighting,
  mostKeys: number,
  random: Stream,
): boolean {
  const { keyMasks, maskWords } = queries;
  const size = maskSize(keyMasks, row * maskWords, maskWords);
  if (size === 0) return false;
  if (weighting === 'byAnswers' && mostKeys > 1 && random.below(mostKeys) >= size) return false;
  queries.keys[row] = nthKey(keyMasks, row * maskWords, random.below(size));
  return true;
}
