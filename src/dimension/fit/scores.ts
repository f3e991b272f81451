import { type Judgements, membersOf, queryCount } from '../judgements/judgements.ts';
import type { Vectors } from './descent.ts';
import { emptyRanking, meanRanking, type Ranking, rankQuery } from './ranking.ts';

/**
 * Scores of all items for one query: the dot product, or with m > 1 pieces MaxSim.
 * // query [D], items [N, D], into [N]
 */
export function scoreItems(
  query: Float32Array,
  items: Float32Array,
  pieces: number,
  into: Float32Array,
): void {
  const width = query.length;
  if (pieces > 1) {
    maxSim(query, items, pieces, into);
    return;
  }
  for (let item = 0; item < into.length; item++) {
    let score = 0;
    for (let i = 0, at = item * width; i < width; i++, at++) score += query[i] * items[at];
    into[item] = score;
  }
}

/** Σ_a max_b q_a · k_b over the pieces of the query and of the item. */
function maxSim(
  query: Float32Array,
  items: Float32Array,
  pieces: number,
  into: Float32Array,
): void {
  const width = query.length;
  const length = width / pieces;
  for (let item = 0; item < into.length; item++) {
    let score = 0;
    for (let a = 0; a < width; a += length) {
      let best = Number.NEGATIVE_INFINITY;
      for (let b = item * width; b < (item + 1) * width; b += length) {
        let product = 0;
        for (let i = 0; i < length; i++) product += query[a + i] * items[b + i];
        if (product > best) best = product;
      }
      score += best;
    }
    into[item] = score;
  }
}

/** How one restart's vectors rank the items of all queries. */
export function rankingOf(
  vectors: Vectors,
  restart: number,
  judgements: Judgements,
  pieces = 1,
): Ranking {
  const { width, items, queries } = vectors;
  const { items: N } = judgements;
  const count = queryCount(judgements);
  const own = items.subarray(restart * N * width, (restart + 1) * N * width);
  const scores = new Float32Array(N);
  const measures = emptyRanking(count);
  for (let query = 0; query < count; query++) {
    const at = (restart * count + query) * width;
    scoreItems(queries.subarray(at, at + width), own, pieces, scores);
    rankQuery(scores, membersOf(judgements, query), measures, query);
  }
  return meanRanking(measures);
}
