import type { Tensor2D } from '@tensorflow/tfjs';
import { type NamedTensors, tf } from '../../engine/index.ts';
import { linear } from './linear.ts';
import { linearOfNormalised } from './norm.ts';

/** x plus a feed-forward network of each of its rows, normalised. // [rows, w] */
export function addFeedForward(p: NamedTensors, layer: number, x: Tensor2D): Tensor2D {
  return tf.add(x, linear(p, `layer${layer}.feedForward.out`, hiddenUnits(p, layer, x)));
}

/** The hidden units of a layer's feed-forward network. // [rows, w] -> [rows, f] */
export function hiddenUnits(p: NamedTensors, layer: number, x: Tensor2D): Tensor2D {
  return tf.relu(linearOfNormalised(p, `layer${layer}.feedForward.in`, x));
}
