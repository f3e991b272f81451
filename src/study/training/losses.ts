import type { Scalar, Tensor2D } from '@tensorflow/tfjs';
import { tf } from '../../engine/index.ts';

/** Keeps log(0) finite for keys that no query of a batch matches. */
const SMALLEST_SHARE = 1e-9;

/**
 * Symmetric InfoNCE over a batch of pairs (q_i, k_i), as published (van den Oord et al., arXiv
 * 1807.03748; both directions as in CLIP, arXiv 2103.00020). With s_ij = score(q_i, k_j):
 *
 *   L = -1/2B sum_i [ log softmax_j(s_ij)_i + log softmax_j(s_ji)_i ]
 *
 * Negatives are the other pairs' keys and queries, even where they match too.
 *
 * @param scores s // [B, B]
 */
export function sampledInfoNce(scores: Tensor2D): Scalar {
  const B = scores.shape[0];
  const positive = tf.sum(tf.mul(scores, tf.eye(B))); // sum_i s_ii
  const rows = tf.sum(tf.logSumExp(scores, 1));
  const columns = tf.sum(tf.logSumExp(scores, 0));
  return tf.div(tf.sub(tf.div(tf.add(rows, columns), 2), positive), B);
}

/**
 * The same loss with the sampled positive keys integrated out. Query i draws key k with probability
 * C_ik = 1 / |true keys of i| if k is one of them, else 0; n_k = sum_i C_ik is how often key k is
 * expected in a batch. With s_ik = score(q_i, key k) over the deck:
 *
 *   positives   P = 1/B sum_ik C_ik s_ik                  exactly the expectation
 *   columns     1/B sum_k n_k log sum_j exp(s_jk) - P     exactly the expectation
 *   rows        1/B sum_i log sum_k n_k exp(s_ik) - P     log of the expected sum: an upper bound by
 *                                                         Jensen's inequality, tight as B grows
 *   L = (rows + columns) / 2
 *
 * Rows are cross-entropy against the uniform distribution over the query's true keys (the in-batch
 * key frequencies n_k as the prior), columns the same over the batch's queries for each key. Same
 * optimum as `sampledInfoNce` in expectation, without the noise of one drawn key in thirteen.
 *
 * @param scores s // [B, K]
 * @param shares C // [B, K]
 */
export function expectedInfoNce(scores: Tensor2D, shares: Tensor2D): Scalar {
  const B = scores.shape[0];
  const counts = tf.sum(shares, 0); // n [K]
  const positive = tf.sum(tf.mul(shares, scores));
  const prior = tf.log(tf.maximum(counts, SMALLEST_SHARE));
  const rows = tf.sum(tf.logSumExp(tf.add(scores, prior), 1));
  const columns = tf.sum(tf.mul(counts, tf.logSumExp(scores, 0)));
  return tf.div(tf.sub(tf.div(tf.add(rows, columns), 2), positive), B);
}

/**
 * Cross-entropy over all keys of the deck, -1/B sum_ik C_ik log softmax(s_i)_k. The rows of C are
 * one-hot for a sampled label, or uniform over the query's true keys, which is the expectation over
 * that label exactly.
 *
 * @param scores s // [B, K]
 * @param shares C // [B, K]
 */
export function crossEntropy(scores: Tensor2D, shares: Tensor2D): Scalar {
  const B = scores.shape[0];
  const positive = tf.sum(tf.mul(shares, scores));
  return tf.div(tf.sub(tf.sum(tf.logSumExp(scores, 1)), positive), B);
}
