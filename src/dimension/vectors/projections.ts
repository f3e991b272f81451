import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** Numbers row by row. */
export interface Rows {
  readonly width: number;
  /** // [rows, width] */
  readonly values: Float32Array;
}

export const rowCount = ({ values, width }: Rows): number => values.length / width;

/** The first d coordinates, as of embeddings that are made to be cut (Matryoshka). */
export function truncate({ values, width }: Rows, d: number): Rows {
  const rows = values.length / width;
  const cut = new Float32Array(rows * d);
  for (let row = 0; row < rows; row++) {
    cut.set(values.subarray(row * width, row * width + d), row * d);
  }
  return { width: d, values: cut };
}

/** rows · map. // map [width, d] */
export function project({ values, width }: Rows, map: Float32Array): Rows {
  const d = map.length / width;
  const rows = values.length / width;
  const out = new Float32Array(rows * d);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < width; i++) {
      const x = values[row * width + i];
      for (let j = 0; j < d; j++) out[row * d + j] += x * map[i * d + j];
    }
  }
  return { width: d, values: out };
}

/** Principal directions of the rows about their mean, all of them, by falling variance. // [width, width] */
export function principalDirections({ values, width }: Rows): Float32Array {
  const rows = values.length / width;
  const mean = new Float64Array(width);
  values.forEach((x, at) => {
    mean[at % width] += x / rows;
  });
  const covariance = Matrix.zeros(width, width);
  for (let row = 0; row < rows; row++) {
    for (let a = 0; a < width; a++) {
      const x = values[row * width + a] - mean[a];
      for (let b = 0; b <= a; b++) {
        const product = x * (values[row * width + b] - mean[b]);
        covariance.set(a, b, covariance.get(a, b) + product);
      }
    }
  }
  for (let a = 0; a < width; a++)
    for (let b = 0; b < a; b++) covariance.set(b, a, covariance.get(a, b));
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, {
    assumeSymmetric: true,
  });
  const order = realEigenvalues
    .map((_, i) => i)
    .sort((a, b) => realEigenvalues[b] - realEigenvalues[a]);
  const directions = new Float32Array(width * width);
  for (let i = 0; i < width; i++) {
    order.forEach((column, j) => {
      directions[i * width + j] = eigenvectorMatrix.get(i, column);
    });
  }
  return directions;
}

/** Rows of length 1: dot products become cosines. */
export function normalise({ values, width }: Rows): Rows {
  const out = values.slice();
  for (let at = 0; at < out.length; at += width) {
    let square = 0;
    for (let i = 0; i < width; i++) square += out[at + i] ** 2;
    const length = Math.sqrt(square) || 1;
    for (let i = 0; i < width; i++) out[at + i] /= length;
  }
  return { width, values: out };
}
