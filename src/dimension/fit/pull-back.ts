import type { Tensor, Tensor3D } from '@tensorflow/tfjs';
import { tf } from '../../engine/index.ts';

/** The slopes of an aim by scores, and from there by vectors, each recorded only if it is asked for. */
export interface PulledBack {
  /** // [R, q, N] */
  readonly slope: Tensor3D;
  /** // [R, q, D] */
  readonly forQuery: () => Tensor;
  /** // [R, N, D] */
  readonly forItem: () => Tensor;
}

/**
 * Scores of queries [R, q, D] and items [R, N, D], their slope, and its gradients. With m = 1 pieces
 * the score is the dot product. With more it is MaxSim (Khattab and Zaharia, arXiv 2004.12832): every
 * piece of the query takes the best piece of the item, Σ_a max_b q_a · k_b, and only that is moved.
 */
export function pullBack(
  queries: Tensor3D,
  items: Tensor3D,
  pieces: number,
  slopeOf: (scores: Tensor3D) => Tensor3D,
): PulledBack {
  if (pieces === 1) {
    const slope = slopeOf(tf.matMul(queries, items, false, true) as Tensor3D);
    return {
      slope,
      forQuery: () => tf.matMul(slope, items),
      forItem: () => tf.matMul(slope, queries, true, false),
    };
  }
  const m = pieces;
  const [R, q, D] = queries.shape;
  const N = items.shape[1];
  const cut = (x: Tensor3D) => tf.reshape(x, [R, x.shape[1] * m, D / m]) as Tensor3D;
  const queryPieces = cut(queries);
  const itemPieces = cut(items);
  const all = tf.reshape(tf.matMul(queryPieces, itemPieces, false, true), [R, q * m, N, m]);
  const best = tf.max(all, 3, true); // [R, q m, N, 1]
  const slope = slopeOf(tf.sum(tf.reshape(best, [R, q, m, N]), 2) as Tensor3D);
  const spread = tf.broadcastTo(tf.reshape(slope, [R, q, 1, N]), [R, q, m, N]);
  const taken = tf.cast(tf.equal(all, best), 'float32');
  const byPiece = tf.reshape(tf.mul(taken, tf.reshape(spread, [R, q * m, N, 1])), [
    R,
    q * m,
    N * m,
  ]) as Tensor3D;
  return {
    slope,
    forQuery: () => tf.reshape(tf.matMul(byPiece, itemPieces), [R, q, D]),
    forItem: () => tf.reshape(tf.matMul(byPiece, queryPieces, true, false), [R, N, D]),
  };
}
