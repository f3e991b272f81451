import { Matrix, SingularValueDecomposition } from 'ml-matrix';
import type { DistinctQueries } from './queries.ts';

/** The best approximation of a matrix by one of rank d in least squares (Eckart and Young 1936). */
interface Truncation {
  readonly d: number;
  /** [Q, keys] */
  readonly scores: Float64Array;
  /** Squared norm of the error over that of the matrix: no scores of rank d have less. */
  readonly residual: number;
  /** Share of the entries that rounding at 1/2 gets right. */
  readonly rounded: number;
}

/** Truncations of the query-key matrix to the given ranks. */
export function truncations(
  { count, matrix }: DistinctQueries,
  keys: number,
  dims: readonly number[],
): readonly Truncation[] {
  const full = Matrix.from1DArray(count, keys, matrix);
  const svd = new SingularValueDecomposition(full, { autoTranspose: true });
  const { diagonal, leftSingularVectors: u, rightSingularVectors: v } = svd;
  const total = diagonal.reduce((sum, s) => sum + s * s, 0);
  return dims.map((d) => {
    const scores = new Float64Array(count * keys);
    for (let query = 0; query < count; query++) {
      for (let key = 0; key < keys; key++) {
        let score = 0;
        for (let i = 0; i < Math.min(d, diagonal.length); i++) {
          score += diagonal[i] * u.get(query, i) * v.get(key, i);
        }
        scores[query * keys + key] = score;
      }
    }
    const error = diagonal.slice(d).reduce((sum, s) => sum + s * s, 0);
    const right = scores.reduce((sum, score, i) => {
      return sum + (score > 0.5 === matrix[i] > 0.5 ? 1 : 0);
    }, 0);
    return { d, scores, residual: error / total, rounded: right / scores.length };
  });
}
