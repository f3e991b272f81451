// Multi-head attention, from normalised vectors to what is added to them.
//
// B or n queries, T tokens, w numbers per token, H heads of h = w / H numbers.
import type { Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { type NamedTensors, softmax, tf } from '../../engine/index.ts';
import { factor } from './embedding.ts';
import { linear } from './linear.ts';
import { centred } from './norm.ts';
import { distancesOf } from './positions.ts';
import type { QueryTensors } from './queries.ts';

/** Score of a token that attention must not see. */
const UNSEEN = -1e9;

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

/** A linear layer's weight [from, to] and bias [to]; from is n where the layer reads parts of tokens. */
interface Linear {
  readonly weight: Tensor2D;
  readonly bias: Tensor1D;
}

/** The linear layers of a layer's attention. */
export interface Projections {
  readonly query: Linear;
  readonly key: Linear;
  readonly value: Linear;
}

/**
 * The linear layers of attention for normalised vectors, out of the parameters that hold all three.
 * Their rows are computed
 * one by one: those of one product would have to be split, and their gradients put together again.
 */
function projectionsOf(p: NamedTensors, layer: number): Projections {
  const name = `layer${layer}.attention.in`;
  const weights = tf.split(centred(p[`${name}.weight`] as Tensor2D), 3, 1) as Tensor2D[]; // of [w, 3w]
  const biases = tf.split(p[`${name}.bias`], 3) as Tensor1D[]; // of [3w]
  const [query, key, value] = weights.map((weight, i) => ({ weight, bias: biases[i] }));
  return { query, key, value };
}

/** The projections of all layers. */
export interface AllProjections {
  /** By layer, for normalised rows; each [w, w]. */
  readonly layers: readonly Projections[];
  /** The first layer's, for what `embeddedRows` gives for normalised rows. */
  readonly first: Projections;
}

/** The projections of all layers: once for all slices of a batch, whose gradients then add up first. */
export function allProjections(p: NamedTensors, count: number): AllProjections {
  const layers = Array.from({ length: count }, (_, layer) => projectionsOf(p, layer));
  const ofEmbedded = ({ weight, bias }: Linear) => ({ weight: factor(p, weight), bias });
  const { query, key, value } = layers[0];
  const first = { query: ofEmbedded(query), key: ofEmbedded(key), value: ofEmbedded(value) };
  return { layers, first };
}

/** Queries, keys or values of n queries' tokens, split by head. // z [n * T, w], or parts -> [n, H, T, h] */
export function headsOf({ weight, bias }: Linear, z: Tensor2D, n: number, H: number): Tensor4D {
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
