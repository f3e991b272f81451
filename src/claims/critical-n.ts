/** Degree-3 fit of the critical n by d, d = 4 .. 45: arXiv 2508.21038, section 4 (r² = 0.999). */
export function publishedFit(d: number): number {
  return -10.5322 + 4.0309 * d + 0.052 * d ** 2 + 0.0037 * d ** 3;
}

/** Critical n by d, up to d = 20: arXiv 2508.21038, table 6. */
export const PUBLISHED_CRITICAL_N: ReadonlyMap<number, number> = new Map([
  [4, 10],
  [5, 14],
  [6, 19],
  [7, 24],
  [8, 28],
  [9, 32],
  [10, 36],
  [11, 42],
  [12, 47],
  [13, 54],
  [14, 62],
  [15, 70],
  [16, 79],
  [17, 89],
  [18, 99],
  [19, 109],
  [20, 120],
]);
