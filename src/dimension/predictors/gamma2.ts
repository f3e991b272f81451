import { Matrix } from 'ml-matrix';
import { spectrumOf } from '../../study/metrics/spectrum.ts';
import { denseRows, type Judgements, queryCount } from '../judgements/judgements.ts';

/** γ₂ lies between them, up to rounding. */
export interface Gamma2 {
  readonly lower: number;
  readonly upper: number;
}

/**
 * γ₂ of the matrix of signs (1 where an item is relevant, -1 elsewhere): the least product of the
 * longest row of X and the longest row of Y with X Yᵀ = A (Linial, Mendelson, Schechtman and Shraibman
 * 2007). Its inverse bounds the margin that unit vectors can have everywhere: large γ₂, small margin.
 *
 * γ₂(A) = max over weights u, v that sum to 1 of the trace norm of A ∘ √(u vᵀ): every u, v bounds it from
 * below. The balanced factorisation of that matrix, divided by √u and √v again, bounds it from above.
 * Weights are multiplied by the squared lengths of their rows, until the bounds are close.
 */
export function gamma2(sets: Judgements, rounds: number): Gamma2 {
  const rows = queryCount(sets);
  const { items: N } = sets;
  const signs = denseRows(sets, 0, rows).map((bit) => 2 * bit - 1); // [rows, N]
  const u = new Float64Array(rows).fill(1 / rows);
  const v = new Float64Array(N).fill(1 / N);
  let lower = 0;
  // A = A I, and A = I A.
  let upper = Math.sqrt(Math.min(rows, N));
  for (let round = 0; round < rounds && upper > lower * CLOSE; round++) {
    const { trace, rowLengths, columnLengths } = balanced(signs, u, v);
    lower = Math.max(lower, trace);
    upper = Math.min(upper, Math.sqrt(greatest(rowLengths) * greatest(columnLengths)));
    for (let i = 0; i < rows; i++) u[i] *= rowLengths[i] / trace;
    for (let j = 0; j < N; j++) v[j] *= columnLengths[j] / trace;
  }
  return { lower, upper };
}

/** Ratio of the bounds from which they are close enough. */
const CLOSE = 1.01;

const greatest = (values: Float64Array) => values.reduce((a, b) => Math.max(a, b), 0);

/** Squared lengths of the rows of X and Y of B = A ∘ √(u vᵀ) = U Σ Vᵀ: those of U √Σ / √u and V √Σ / √v. */
function balanced(signs: Float32Array, u: Float64Array, v: Float64Array) {
  const N = v.length;
  const rows = u.length;
  // Bᵀ B, with B_ij = A_ij √(u_i v_j).
  const gram = Matrix.zeros(N, N);
  const data = Array.from({ length: N }, () => new Float64Array(N));
  for (let i = 0; i < rows; i++) {
    for (let a = 0; a < N; a++) {
      const weight = u[i] * signs[i * N + a];
      const row = data[a];
      for (let b = 0; b <= a; b++) row[b] += weight * signs[i * N + b];
    }
  }
  for (let a = 0; a < N; a++) {
    for (let b = 0; b <= a; b++) {
      const value = data[a][b] * Math.sqrt(v[a] * v[b]);
      gram.set(a, b, value);
      gram.set(b, a, value);
    }
  }
  const { values, vectors } = spectrumOf(gram);
  const kept = Array.from(values, (_, k) => k).filter((k) => values[k] > 0);
  const rowLengths = new Float64Array(rows);
  const columnLengths = new Float64Array(N);
  for (const k of kept) {
    const right = Float64Array.from({ length: N }, (_, j) => vectors.get(j, k));
    for (let j = 0; j < N; j++) columnLengths[j] += (values[k] * right[j] ** 2) / v[j];
    const scaled = right.map((x, j) => x * Math.sqrt(v[j]));
    for (let i = 0; i < rows; i++) {
      // b_i · v_k / √u_i, and U_ik² σ_k = (b_i · v_k)² / σ_k.
      let product = 0;
      for (let j = 0; j < N; j++) product += signs[i * N + j] * scaled[j];
      rowLengths[i] += product ** 2 / values[k];
    }
  }
  return { trace: values.reduce((sum, value) => sum + value, 0), rowLengths, columnLengths };
}
