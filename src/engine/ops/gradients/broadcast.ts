import type { Tensor } from '@tensorflow/tfjs';
import { tf } from '../../tfjs/tf.ts';

/** A gradient of a tensor that was broadcast from `shape`: summed over the axes it was repeated along. */
export function unbroadcast(gradient: Tensor, shape: readonly number[]): Tensor {
  const axes = tf.broadcast_util.getReductionAxes([...shape], gradient.shape);
  const sum = axes.length === 0 ? gradient : tf.sum(gradient, axes);
  return tf.reshape(sum, [...shape]);
}
