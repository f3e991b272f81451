import type { Relevance } from './subsets.ts';

/**
 * Share of relevant documents that are among their query's k best, k being their number: recall@k.
 * Of documents with equal scores the irrelevant ones come first, so that 1 means that every top-k set
 * is right and no other.
 *
 * @param scores // [queries, n]
 */
export function recallAtK(relevance: Relevance, n: number, scores: ArrayLike<number>): number {
  let found = 0;
  let all = 0;
  relevance.forEach((relevant, query) => {
    const start = query * n;
    for (const document of relevant) {
      const score = scores[start + document];
      let ahead = 0;
      for (let other = 0; other < n; other++) {
        const theirs = scores[start + other];
        if (theirs > score || (theirs === score && !relevant.includes(other))) ahead++;
      }
      if (ahead < relevant.length) found++;
    }
    all += relevant.length;
  });
  return found / all;
}
