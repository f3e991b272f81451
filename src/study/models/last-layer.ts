// The encoder's last layer and the pooling after it, computed only where they are read.
//
// B queries, T tokens, w numbers per token, H heads of h = w / H numbers, f hidden units.
import type { Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs';
import { type NamedTensors, tf } from '../../engine/index.ts';
import {
  addAttention,
  allHeadsOf,
  attention,
  attentionBias,
  headsOf,
  mergeHeads,
} from './attention.ts';
import { addFeedForward, hiddenUnits } from './feed-forward.ts';
import { linear } from './linear.ts';
import type { Projections } from './projections.ts';
import type { QueryTensors } from './queries.ts';

/** What the last layer reads. */
interface LastLayer {
  readonly layer: number;
  /** H */
  readonly heads: number;
  readonly projections: Projections;
  /** The layer's input, and the same normalised. // [B * T, w] */
  readonly x: Tensor2D;
  readonly z: Tensor2D;
  readonly queries: QueryTensors;
}

/**
 * The last layer, then the mean of a query's tokens. The hidden units are averaged before the last
 * matrix instead of after it: the same numbers up to rounding. // [B, w]
 */
export function meanOfLastLayer(p: NamedTensors, given: LastLayer): Tensor2D {
  const { layer, heads: H, projections, z, queries } = given;
  const [B, T] = queries.tokens.shape;
  const x = addAttention(p, layer, given.x, allHeadsOf(projections, z, B, H), queries);
  const mean = (rows: Tensor2D) =>
    meanOfTokens(tf.reshape(rows, [B, T, rows.shape[1]]) as Tensor3D, queries.present);
  return tf.add(
    mean(x),
    linear(p, `layer${layer}.feedForward.out`, mean(hiddenUnits(p, layer, x))),
  );
}

/** The last layer for the `start` token alone. // [B, w] */
export function startOfLastLayer(p: NamedTensors, given: LastLayer): Tensor2D {
  const { layer, heads: H, projections, x, z, queries } = given;
  const [B, T] = queries.tokens.shape;
  const firstOf = (rows: Tensor2D) => {
    const n = rows.shape[1];
    return tf.reshape(tf.slice(tf.reshape(rows, [B, T, n]), [0, 0, 0], [B, 1, n]), [
      B,
      n,
    ]) as Tensor2D;
  };
  const q = headsOf(projections.query, firstOf(z), B, H); // [B, H, 1, h]
  const k = headsOf(projections.key, z, B, H);
  const v = headsOf(projections.value, z, B, H);
  const bias = attentionBias(p, layer, queries); // [1 | B, 1 | H, 1 | T, T]
  const [b, n] = bias?.shape ?? [];
  const seen = bias && (tf.slice(bias, [0, 0, 0, 0], [b ?? 1, n ?? 1, 1, T]) as Tensor4D);
  const change = mergeHeads(p, layer, attention(q, k, v, seen)); // [B, w]
  return addFeedForward(p, layer, tf.add(firstOf(x), change));
}

/** Mean over the tokens that are not padding. // [B, T, n] -> [B, n] */
export function meanOfTokens(x: Tensor3D, present: Tensor2D | undefined): Tensor2D {
  if (present === undefined) return tf.mean(x, 1);
  const [B, T, n] = x.shape;
  const share = tf.div(present, tf.sum(present, 1, true)); // [B, T]
  const mean = tf.matMul(tf.reshape(share, [B, 1, T]) as Tensor3D, x); // [B, 1, n]
  return tf.reshape(mean, [B, n]);
}
