/** How well scores rank the items of queries: means over the queries. */
export interface Ranking {
  /** Recall@|S|: the share of a query's items that are among its |S| best. */
  readonly recall: number;
  /** Standard error of that mean over the queries. */
  readonly recallError: number;
  /** nDCG@10 of binary relevance. */
  readonly ndcg: number;
  /** KL(uniform over the query's items || softmax of its scores), nats. */
  readonly kl: number;
}

/** Measures of each query. // [Q] each */
export interface RankingByQuery {
  readonly recall: Float64Array;
  readonly ndcg: Float64Array;
  readonly kl: Float64Array;
}

/** Ranks that nDCG looks at. */
const CUTOFF = 10;
const DISCOUNTS = Float64Array.from({ length: CUTOFF }, (_, rank) => 1 / Math.log2(rank + 2));
/** Best DCG of n items. */
const IDEAL = Float64Array.from({ length: CUTOFF + 1 }, (_, n) =>
  DISCOUNTS.subarray(0, n).reduce((sum, discount) => sum + discount, 0),
);

export function emptyRanking(queries: number): RankingByQuery {
  return {
    recall: new Float64Array(queries),
    ndcg: new Float64Array(queries),
    kl: new Float64Array(queries),
  };
}

/**
 * Measures one query. An irrelevant item with the score of a relevant one counts as ahead of it, so
 * that recall 1 means that every item of the query is above every other one.
 *
 * @param scores of all items; @param members the items of the query, at least one
 */
export function rankQuery(
  scores: Float32Array,
  members: Uint32Array,
  into: RankingByQuery,
  query: number,
): void {
  const n = members.length;
  // Scores of the members, descending, and of every other item how many members are above it.
  const own = Float32Array.from(members, (item) => scores[item])
    .sort()
    .reverse();
  const ahead = new Uint32Array(n + 1);
  let greatest = own[0];
  for (let item = 0, next = 0; item < scores.length; item++) {
    const score = scores[item];
    if (score > greatest) greatest = score;
    if (next < n && members[next] === item) {
      next++;
      continue;
    }
    ahead[countAbove(own, score)]++;
  }
  let recalled = 0;
  let gain = 0;
  let others = 0;
  for (let place = 0; place < n; place++) {
    others += ahead[place];
    const rank = place + others;
    if (rank < n) recalled++;
    if (rank < CUTOFF) gain += DISCOUNTS[rank];
  }
  let mass = 0;
  for (let item = 0; item < scores.length; item++) mass += Math.exp(scores[item] - greatest);
  const mean = own.reduce((sum, score) => sum + score, 0) / n;
  into.recall[query] = recalled / n;
  into.ndcg[query] = gain / IDEAL[Math.min(n, CUTOFF)];
  into.kl[query] = Math.max(0, greatest + Math.log(mass) - mean - Math.log(n));
}

/** How many of the descending `own` are strictly above a score. */
function countAbove(own: Float32Array, score: number): number {
  let low = 0;
  let high = own.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (own[middle] > score) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Means over all queries. */
export function meanRanking({ recall, ndcg, kl }: RankingByQuery): Ranking {
  const mean = (values: Float64Array) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const middle = mean(recall);
  const squares = recall.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  const recallError = Math.sqrt(squares / Math.max(1, recall.length - 1) / recall.length);
  return { recall: middle, recallError, ndcg: mean(ndcg), kl: mean(kl) };
}
