import type { ReportContext } from '../../pipe/pipeline/contract.ts';
import { readQuerySet } from '../../study/games/query-table.ts';

/** Pairs of a game's test queries, 0 for `shatter`; undefined where none were built. */
export function pairsOf(
  context: ReportContext,
  cards: number,
  game: string,
  seed: number,
): number | undefined {
  const path = context.artifact('build-queries', 'test', { deck: cards, game, seed });
  if (path === undefined) return undefined;
  return game === 'shatter' ? 0 : (readQuerySet(path).sequenceLength - 1) / 3;
}
