// Norms are followed by linear layers. As a normalised vector's numbers sum to zero, the mean of
// a weight's column adds nothing to the product: without it, two passes of the gradient are saved.
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { layerNorm, tf } from '../../../engine/index.ts';

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

/**
 * A layer norm whose result goes into products with `centred` weights only: the gradient that comes
 * back has the mean zero already, and its own takes two passes less. // [rows, w]
 */
export function normaliseForCentred(x: Tensor2D, epsilon: number): Tensor2D {
  return layerNorm(x, epsilon, { gradientIsCentred: true });
}
