// Multi-head attention (Vaswani et al., arXiv 1706.03762, section 3.2):
//
//   attention(q, k, v) = softmax(q k' / sqrt(h) + bias) v
//
// B or n queries, T tokens, w numbers per token, H heads of h = w / H numbers.
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { type NamedTensors, softmax, tf } from '../../engine/index.ts';
import { linear } from './linear.ts';
import { distancesOf } from './positions.ts';
import type { Projection, Projections } from './projections.ts';
import type { QueryTensors } from './queries.ts';

/** Score of a token that attention must not see. */
const UNSEEN = -1e9;

/** Values mixed by attention over a query's tokens. // q [B, H, R, h], k and v [B, H, T, h] */
export function attention(
  q: Tensor4D,
  k: Tensor4D,
  v: Tensor4D,
  bias: Tensor4D | undefined,
): Tensor4D {
  const h = q.shape[3];
  const scores = tf.mul(tf.matMul(q, k, false, true), h ** -0.5); // [B, H, R, T]
  return tf.matMul(softmax(bias === undefined ? scores : tf.add(scores, bias)), v);
}

/** What is added to attention scores before the softmax; broadcasts to [B, H, T, T]. */
export function attentionBias(
  p: NamedTensors,
  layer: number,
  { tokens, slots, present }: QueryTensors,
): Tensor4D | undefined {
  const [B, T] = tokens.shape;
  if (present !== undefined) {
    return tf.reshape(tf.mul(tf.sub(1, present), UNSEEN), [B, 1, 1, T]);
  }
  if (slots === undefined) return undefined;
  const distances = tf.tensor1d(distancesOf(T), 'int32');
  const bias = tf.gather(p[`layer${layer}.attention.distance`], distances); // [T * T, H]
  return tf.reshape(tf.transpose(bias), [1, -1, T, T]);
}

/** Queries, keys or values of n queries' tokens, split by head. // normalised z [n * T, w] -> [n, H, T, h] */
export function headsOf({ weight, bias }: Projection, z: Tensor2D, n: number, H: number): Tensor4D {
  const [rows, w] = [z.shape[0], weight.shape[1]];
  const all = tf.reshape(tf.add(tf.matMul(z, weight), bias), [n, rows / n, H, w / H]);
  return tf.transpose(all, [0, 2, 1, 3]) as Tensor4D;
}

/** Queries, keys and values of n queries' tokens. // normalised z [n * T, w] -> each [n, H, T, h] */
export function allHeadsOf(
  { query, key, value }: Projections,
  z: Tensor2D,
  n: number,
  H: number,
): readonly [Tensor4D, Tensor4D, Tensor4D] {
  return [headsOf(query, z, n, H), headsOf(key, z, n, H), headsOf(value, z, n, H)];
}

/** Attention's weighted values back in one row per token, through the output layer. // [B * T, w] */
export function mergeHeads(p: NamedTensors, layer: number, mixed: Tensor4D): Tensor2D {
  const [B, H, T, h] = mixed.shape;
  const rows = tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [B * T, H * h]) as Tensor2D;
  return linear(p, `layer${layer}.attention.out`, rows);
}

/** x plus attention between its rows, given their queries, keys and values. // [B * T, w] */
export function addAttention(
  p: NamedTensors,
  layer: number,
  x: Tensor2D,
  [q, k, v]: readonly [Tensor4D, Tensor4D, Tensor4D],
  queries: QueryTensors,
): Tensor2D {
  return tf.add(x, mergeHeads(p, layer, attention(q, k, v, attentionBias(p, layer, queries))));
}
