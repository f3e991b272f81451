import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { layerNorm, type NamedTensors, tf } from '../../engine/index.ts';

/** Added to a variance before its root is taken. */
export const EPSILON = 1e-5;

/**
 * Each vector minus its mean, over its standard deviation. Without the usual gain and bias: a
 * linear layer follows every norm of these models, and holds the same functions without them.
 */
export function normalise<T extends Tensor>(x: T): T {
  return layerNorm(x, EPSILON);
}

/**
 * `normalise` for vectors that go into products with `centred` weights only: the gradient that comes
 * back has the mean zero already, and its own takes two passes less. // [rows, w]
 */
export function normaliseForCentred(x: Tensor2D): Tensor2D {
  return layerNorm(x, EPSILON, { gradientIsCentred: true });
}

/**
 * A weight minus the mean of each of its columns, for products with normalised vectors: these sum to
 * zero, so that the product is the same. Its gradient is passed on as it is, since the columns of
 * z' dy sum to zero for the same reason. // [w, to]
 */
export function centred(weight: Tensor2D): Tensor2D {
  const op = tf.customGrad((given) => ({
    value: tf.sub(given as Tensor, tf.mean(given as Tensor, 0, true)),
    gradFunc: (dy: Tensor) => dy,
  }));
  return op(weight) as Tensor2D;
}

/** Rows, normalised, through a linear layer. // [rows, w] -> [rows, to] */
export function linearOfNormalised(p: NamedTensors, name: string, x: Tensor2D): Tensor2D {
  const weight = centred(p[`${name}.weight`] as Tensor2D);
  return tf.add(tf.matMul(normaliseForCentred(x), weight), p[`${name}.bias`]);
}
