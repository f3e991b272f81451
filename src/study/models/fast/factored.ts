// Embedded tokens are sums of a few table vectors: X = S E, with S of zeros and ones and the n
// vectors of all tables as the rows of E. Where n is small beside the width, the first layer's
// products are made as S (E W) instead of (S E) W.
import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import { inverseDeviation, tf } from '../../../engine/index.ts';

/** Numbers per vector for each vector of the tables, from which factoring saves more than it costs. */
const WIDE = 2;

/** n, given the tables' shapes [.., w], if factoring pays; else `undefined`. */
export function factoredVectors(shapes: readonly (readonly number[])[]): number | undefined {
  const n = shapes.reduce((sum, [rows]) => sum + rows, 0);
  return WIDE * n <= shapes[0][1] ? n : undefined;
}

/** Whether the products with these tables' vectors are factored. */
export function isFactored(tables: readonly Tensor2D[]): boolean {
  return factoredVectors(tables.map(({ shape }) => shape)) !== undefined;
}

/**
 * S: 1 for each vector that a token is the sum of. // [B, T, n]
 *
 * @param tokens rows of the first table // [B, T] int32
 * @param slots rows of the second // [B, T] int32
 * @param roles rows of the third, the same for all queries // [T]
 */
export function indicators(
  tables: readonly Tensor2D[],
  tokens: Tensor2D,
  slots: Tensor2D | undefined,
  roles: Int32Array,
): Tensor3D {
  const [V, N = 0, R = 0] = tables.map(({ shape }) => shape[0]);
  const n = V + N + R;
  const token = tf.oneHot(tokens, n) as Tensor3D; // [B, T, n]
  if (slots === undefined) return token;
  const slot = tf.oneHot(tf.add(slots, tf.scalar(V, 'int32')), n);
  const places = roles.map((role) => role + V + N);
  const role = tf.oneHot(tf.tensor1d(places, 'int32'), n); // [T, n]
  return tf.add(tf.add(token, slot), role);
}

/** X, and S over the deviations of the rows of X. // indicators [rows, n] -> [rows, w] and [rows, n] */
export function factoredRows(
  tables: readonly Tensor2D[],
  given: Tensor2D,
  epsilon: number,
): { readonly rows: Tensor2D; readonly normalised: Tensor2D } {
  const rows = tf.matMul(given, allVectors(tables)) as Tensor2D;
  return { rows, normalised: tf.mul(given, inverseDeviation(rows, epsilon)) };
}

/** (E - mean) W: what `normalised` is multiplied by instead of a `centred` weight. // [w, to] -> [n, to] */
export function factoredWeight(tables: readonly Tensor2D[], weight: Tensor2D): Tensor2D {
  const vectors = allVectors(tables);
  // A `centred` weight's gradient must be one of centred rows.
  return tf.matMul(tf.sub(vectors, tf.mean(vectors, 1, true)) as Tensor2D, weight);
}

/** E. // [n, w] */
function allVectors(tables: readonly Tensor2D[]): Tensor2D {
  return tables.length === 1 ? tables[0] : tf.concat2d([...tables], 0);
}
