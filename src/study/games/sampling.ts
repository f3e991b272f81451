import { stream } from '../../random/streams.ts';
import type { Deck } from '../deck/deck.ts';
import { MOST_PAIRS, slotsOf } from './layout.ts';
import { fillPairRows, pairTables } from './pair-queries.ts';
import type { Game, QuerySet } from './query-set.ts';
import { emptyQueries, type Weighting } from './rows.ts';
import { fillShatterRows } from './shatter-queries.ts';

/** Which queries to draw. */
interface QueryRequest {
  readonly deck: Deck;
  readonly game: Game;
  /** N: pairs that `union` and `symdiff` join; the other games ignore it. */
  readonly pairs: number;
  readonly count: number;
  readonly seed: number;
}

/**
 * Queries to train on, uniform over all matching (query, key) pairs. Those of `union` and `symdiff`
 * have 1, 2, ... N pairs in equal shares (the longest take the remainder), grouped in this order,
 * for a curriculum.
 */
export function trainingQueries(request: QueryRequest): QuerySet {
  const { game, pairs } = request;
  const most = game === 'shatter' ? 1 : slotsOf(game, pairs);
  return drawQueries(
    request,
    Array.from({ length: most }, (_, i) => i + 1),
    'train',
  );
}

/** Queries to test with: the game's own distribution over N pairs, empty answers left out. */
export function testQueries(request: QueryRequest): QuerySet {
  return fullQueries(request, 'test');
}

/** Queries to choose a recipe by, drawn as those of the test but from a stream of their own. */
export function validationQueries(request: QueryRequest): QuerySet {
  return fullQueries(request, 'validation');
}

function fullQueries(request: QueryRequest, split: 'test' | 'validation'): QuerySet {
  const { game, pairs } = request;
  return drawQueries(request, [game === 'shatter' ? 1 : slotsOf(game, pairs)], split);
}

function drawQueries(
  { deck, game, pairs, count, seed }: QueryRequest,
  lengths: readonly number[],
  split: 'train' | 'test' | 'validation',
): QuerySet {
  if (!Number.isInteger(pairs) || pairs < 1 || pairs > MOST_PAIRS) {
    throw new RangeError(
      `a query cannot join ${pairs} pairs: give a whole number from 1 to ${MOST_PAIRS}`,
    );
  }
  if (deck.keys > 255) {
    throw new RangeError(`a deck of ${deck.keys} keys is too large: queries hold at most 255 keys`);
  }
  const weighting: Weighting = split === 'train' ? 'byAnswers' : 'uniform';
  const queries = emptyQueries(deck, game, pairs, count);
  const tables = game === 'shatter' ? undefined : pairTables(deck);
  const share = Math.floor(count / lengths.length);
  lengths.forEach((length, i) => {
    const from = i * share;
    const to = i === lengths.length - 1 ? count : from + share;
    const range = { queries, from, to };
    // A stream per length: drawing more queries of one length never changes another's.
    const random = stream(seed, 'queries', deck.keys, deck.values, game, split, length);
    if (game === 'shatter' || tables === undefined) {
      fillShatterRows(range, weighting, deck, random);
    } else {
      fillPairRows(range, game, length, weighting, tables, random);
    }
  });
  return queries;
}
