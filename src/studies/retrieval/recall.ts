import type { Relevance } from './subsets.ts';

/**
 * Recall@k: the share of relevant documents among the k highest-scored of their query, which has k
 * relevant ones. Ties count against them, so that 1 means that every query's top k are exactly its
 * relevant documents.
 *
 * @param scores // [queries, n]
 */
export function recallAtK(relevance: Relevance, n: number, scores: ArrayLike<number>): number {
  let retrieved = 0;
  let all = 0;
  relevance.forEach((relevant, query) => {
    const start = query * n;
    for (const document of relevant) {
      const score = scores[start + document];
      let ahead = 0;
      for (let other = 0; other < n; other++) {
        const otherScore = scores[start + other];
        if (otherScore > score || (otherScore === score && !relevant.includes(other))) ahead++;
      }
      if (ahead < relevant.length) retrieved++;
    }
    all += relevant.length;
  });
  return retrieved / all;
}
