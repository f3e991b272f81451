import { type Judgements, membersOf, queryCount } from '../judgements/judgements.ts';
import type { Vectors } from './descent.ts';
import { emptyRanking, meanRanking, type Ranking, rankQuery } from './ranking.ts';

/** Scores of all items for one query. // query [D], items [N, D], into [N] */
export function scoreItems(
  query: Float32Array,
  items: Float32Array,
  width: number,
  into: Float32Array,
): void {
  for (let item = 0; item < into.length; item++) {
    let score = 0;
    for (let i = 0, at = item * width; i < width; i++, at++) score += query[i] * items[at];
    into[item] = score;
  }
}

/** How one restart's vectors rank the items of all queries. */
export function rankingOf(vectors: Vectors, restart: number, judgements: Judgements): Ranking {
  const { width, items, queries } = vectors;
  const { items: N } = judgements;
  const count = queryCount(judgements);
  const own = items.subarray(restart * N * width, (restart + 1) * N * width);
  const scores = new Float32Array(N);
  const measures = emptyRanking(count);
  for (let query = 0; query < count; query++) {
    const at = (restart * count + query) * width;
    scoreItems(queries.subarray(at, at + width), own, width, scores);
    rankQuery(scores, membersOf(judgements, query), measures, query);
  }
  return meanRanking(measures);
}
