/**
 * Critical n by d: all pairs of n documents were learnt by vectors of length 1 (arXiv 2508.21038,
 * table 6, as far as problems here reach).
 */
export const PUBLISHED_CRITICAL_N: readonly (readonly [d: number, n: number])[] = [
  [4, 10],
  [5, 14],
  [6, 19],
  [7, 24],
  [8, 28],
  [9, 32],
  [10, 36],
  [11, 42],
  [12, 47],
];
