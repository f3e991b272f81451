import type { Scalar, Tensor } from '@tensorflow/tfjs';
import { tf } from '../engine/index.ts';

/** Adam (Kingma & Ba, arXiv 1412.6980) after clipping the gradients' global norm. */
export interface AdamConfiguration {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Gradients longer than this are scaled down to it. */
  readonly clipNorm: number;
}

export const ADAM: AdamConfiguration = { beta1: 0.9, beta2: 0.98, epsilon: 1e-8, clipNorm: 1 };

/** A parameter with its moments. */
export interface Moments {
  readonly value: Tensor;
  readonly first: Tensor;
  readonly second: Tensor;
}

/**
 * Step size and epsilon of step t (from 1) with Adam's bias correction folded in: scalars that
 * enter the compiled step as inputs, so that the graph does not depend on t.
 *
 *   lr * m^ / (sqrt(v^) + e) = lr sqrt(1 - b2^t) / (1 - b1^t) * m / (sqrt(v) + e sqrt(1 - b2^t))
 */
export function adamScalars(
  learningRate: number,
  t: number,
  { beta1, beta2, epsilon }: AdamConfiguration = ADAM,
): { readonly stepSize: number; readonly epsilon: number } {
  const correction = Math.sqrt(1 - beta2 ** t);
  return {
    stepSize: (learningRate * correction) / (1 - beta1 ** t),
    epsilon: epsilon * correction,
  };
}

/** Length of all gradients taken as one vector. */
export function globalNorm(gradients: readonly Tensor[]): Scalar {
  const squares = gradients.map((gradient) => tf.sum(tf.square(gradient)));
  return tf.sqrt(tf.addN(squares)) as Scalar;
}

/** The next value and moments of one parameter. `scale`: what clipping multiplies gradients by. */
export function adamUpdate(
  { value, first, second }: Moments,
  gradient: Tensor,
  scale: Scalar,
  stepSize: Tensor,
  epsilon: Tensor,
  { beta1, beta2 }: AdamConfiguration = ADAM,
): Moments {
  const g = tf.mul(gradient, scale);
  const m = tf.add(tf.mul(first, beta1), tf.mul(g, 1 - beta1));
  const v = tf.add(tf.mul(second, beta2), tf.mul(tf.square(g), 1 - beta2));
  const update = tf.div(tf.mul(m, stepSize), tf.add(tf.sqrt(v), epsilon));
  return { value: tf.sub(value, update), first: m, second: v };
}
