import type { Tensor, Tensor3D } from '@tensorflow/tfjs';
import { tf } from '../../engine/index.ts';

/**
 * What vectors are moved for, per query with items S, scores s:
 *   kl        log sum_k exp s_k - 1/|S| sum_{k in S} s_k      (KL up to the constant log |S|)
 *   margin    log(1 + sum_{k not in S} exp s_k sum_{k in S} exp -s_k): below log 2 only if every item of
 *             S scores above every other item
 */
export type Aim = 'kl' | 'margin';

/** Takes a score out of a maximum. */
const UNSEEN = -1e9;

/**
 * Gradient of the aim with respect to the scores, written out: a softmax and a subtraction instead of
 * what differentiating it records. // [R, q, N]
 *
 * @param scores // [R, q, N]; @param targets 1/|S| at the items of S // [q, N]
 */
export function slopes(aim: Aim, scores: Tensor3D, targets: Tensor): Tensor3D {
  if (aim === 'kl') return tf.sub(tf.softmax(scores), targets);
  const isMember = tf.sign(targets); // [q, N]
  const others = tf.add(scores, tf.mul(isMember, UNSEEN));
  const own = tf.sub(tf.mul(tf.sub(1, isMember), UNSEEN), scores);
  const violation = tf.sigmoid(tf.add(tf.logSumExp(others, 2, true), tf.logSumExp(own, 2, true))); // [R, q, 1]
  return tf.mul(tf.sub(tf.softmax(others), tf.softmax(own)), violation) as Tensor3D;
}
