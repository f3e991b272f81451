import type { Stream } from '../../random/stream.ts';
import { slotsOf } from '../../study/games/layout.ts';
import { fillPairRows, pairTables } from '../../study/games/pair-queries.ts';
import { emptyQueries } from '../../study/games/rows.ts';
import { fillShatterRows } from '../../study/games/shatter-queries.ts';
import type { Query, Rules } from './query.ts';
import { queryOf } from './tokens.ts';

/** A query of the game's own distribution: as the test queries are drawn. */
export function drawQuery({ deck, game, pairs }: Rules, random: Stream): Query {
  const slots = game === 'shatter' ? 1 : slotsOf(game, pairs);
  const queries = emptyQueries(deck, game, slots, 1);
  const row = { queries, from: 0, to: 1 };
  if (game === 'shatter') fillShatterRows(row, 'uniform', deck, random);
  else fillPairRows(row, game, slots, 'uniform', pairTables(deck), random);
  return queryOf(deck, game, queries.tokens);
}
