import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { type Judgements, membersOf, queryCount } from '../judgements/judgements.ts';

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

/** AᵀA or AAᵀ of the 0/1 matrix of sets and items, whichever is smaller: both have its singular values. */
export function gramOf(sets: Judgements): Matrix {
  const count = queryCount(sets);
  const bySet = count <= sets.items;
  const gram = Matrix.zeros(bySet ? count : sets.items, bySet ? count : sets.items);
  if (!bySet) {
    for (let set = 0; set < count; set++) {
      const members = membersOf(sets, set);
      for (const a of members) for (const b of members) gram.set(a, b, gram.get(a, b) + 1);
    }
    return gram;
  }
  const isMember = new Uint8Array(sets.items);
  for (let a = 0; a < count; a++) {
    for (const item of membersOf(sets, a)) isMember[item] = 1;
    for (let b = 0; b < count; b++) {
      let shared = 0;
      for (const item of membersOf(sets, b)) shared += isMember[item];
      gram.set(a, b, shared);
    }
    isMember.fill(0);
  }
  return gram;
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
