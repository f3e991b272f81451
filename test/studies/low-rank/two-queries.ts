import type { DistinctQueries } from '../../../src/studies/low-rank/queries.ts';

/** Two queries over three keys: the first matches keys 0 and 1, the second key 2. */
export const TWO: DistinctQueries = {
  count: 2,
  matching: [[0, 1], [2]],
  matrix: Float32Array.from([1, 1, 0, 0, 0, 1]),
};
