import type { Scalar, Tensor2D } from '@tensorflow/tfjs';
import { tf } from '../../engine/index.ts';

export const OBJECTIVES = ['likelihood', 'pseudo-likelihood', 'infonce'] as const;
export type TableObjective = (typeof OBJECTIVES)[number];

/**
 * Loss of a table of scores m, f = exp m, on the shares w of the pairs (x, y); w adds up to 1.
 *
 * - `likelihood`: - sum w log (f / sum f), normalised over all pairs;
 * - `pseudo-likelihood`: - sum w (log (f / sum over y) + log (f / sum over x)), normalised over rows
 *   and over columns (Besag 1975);
 * - `infonce`: the same with sums over the batch's pairs instead of over all values: CLIP's loss
 *   (arXiv 2103.00020) on a batch of n pairs drawn from p, written with the shares of the batch.
 *   A score occurs in the denominators as often as its x (or y) occurs in the batch, hence the
 *   batch's marginals there. Equal to the loss of the n x n scores minus 2 log n.
 */
export function tableLoss(objective: TableObjective, m: Tensor2D, w: Tensor2D): Scalar {
  const matched = tf.sum(tf.mul(w, m)); // sum w m
  if (objective === 'likelihood') return tf.sub(tf.logSumExp(m), matched);
  const wx = tf.sum(w, 1, true) as Tensor2D; // [X, 1]
  const wy = tf.sum(w, 0, true) as Tensor2D; // [1, Y]
  const isBatch = objective === 'infonce';
  const overY = tf.logSumExp(isBatch ? tf.add(m, logShare(wy)) : m, 1, true); // [X, 1]
  const overX = tf.logSumExp(isBatch ? tf.add(m, logShare(wx)) : m, 0, true); // [1, Y]
  const normalisers = tf.add(tf.sum(tf.mul(wx, overY)), tf.sum(tf.mul(wy, overX)));
  return tf.sub(normalisers, tf.mul(matched, 2));
}

/** Share of a value that is not in the batch: small enough to count for nothing, but not log 0. */
const ABSENT = 1e-30;

function logShare(share: Tensor2D): Tensor2D {
  return tf.log(tf.maximum(share, ABSENT));
}
