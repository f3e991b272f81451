import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** Singular values, descending, and the right singular vectors as columns, of rows x n, n <= rows. */
export interface Spectrum {
  readonly values: Float64Array;
  /** // [n, n] */
  readonly vectors: Matrix;
}

/**
 * From the eigenvalues of AᵀA, n x n: singular values below 1e-8 of the largest are lost in rounding
 * and come out as 0.
 */
export function spectrumOf(gram: Matrix): Spectrum {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(gram, {
    assumeSymmetric: true,
  });
  const order = realEigenvalues.map((_, i) => i);
  order.sort((a, b) => realEigenvalues[b] - realEigenvalues[a]);
  const floor = Math.max(realEigenvalues[order[0]], 0) * 1e-16 * order.length;
  const values = Float64Array.from(order, (i) =>
    realEigenvalues[i] > floor ? Math.sqrt(realEigenvalues[i]) : 0,
  );
  return { values, vectors: eigenvectorMatrix.subMatrixColumn(order) };
}

/**
 * AᵀA of a matrix of scores less the mean of each row, which no softmax sees; in float64. Its rank is at most
 * the dimension of a dot product, and K - 1. // [K, K]
 */
export function gramOfScores(scores: Float32Array, keys: number): Matrix {
  const sums = Array.from({ length: keys }, () => new Float64Array(keys));
  const centred = new Float64Array(keys);
  for (let row = 0; row < scores.length; row += keys) {
    let mean = 0;
    for (let k = 0; k < keys; k++) mean += scores[row + k] / keys;
    for (let k = 0; k < keys; k++) centred[k] = scores[row + k] - mean;
    for (let a = 0; a < keys; a++) {
      const sum = sums[a];
      for (let b = a; b < keys; b++) sum[b] += centred[a] * centred[b];
    }
  }
  for (let a = 0; a < keys; a++) for (let b = 0; b < a; b++) sums[a][b] = sums[b][a];
  return new Matrix(sums);
}

/** Singular values above N ε of the largest, N being the larger side: the usual numerical rank. */
export function numericalRank({ values }: Pick<Spectrum, 'values'>): number {
  return values.filter((value) => value > 0).length;
}

/**
 * exp of the entropy of the singular values as shares of their sum (Roy and Vetterli 2007): the number
 * of directions that matter, between 1 and the rank.
 */
export function effectiveRank({ values }: Pick<Spectrum, 'values'>): number {
  const total = values.reduce((sum, value) => sum + value, 0);
  let entropy = 0;
  for (const value of values) {
    const share = value / total;
    if (share > 0) entropy -= share * Math.log(share);
  }
  return Math.exp(entropy);
}
