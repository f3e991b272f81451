import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { layerNorm, type NamedTensors, tf } from '../../engine/index.ts';
import { centred, normaliseForCentred } from './fast/centred.ts';

/** Added to a variance before its root is taken. */
export const EPSILON = 1e-5;

/**
 * Each vector minus its mean, over its standard deviation. Without the usual gain and bias: a
 * linear layer follows every norm of these models, and holds the same functions without them.
 */
export function normalise<T extends Tensor>(x: T): T {
  return layerNorm(x, EPSILON);
}

/** `normalise` of what only linear layers of normalised vectors read. // [rows, w] */
export function normaliseRows(x: Tensor2D): Tensor2D {
  return normaliseForCentred(x, EPSILON);
}

/** Rows, normalised, through a linear layer. // [rows, w] -> [rows, to] */
export function linearOfNormalised(p: NamedTensors, name: string, x: Tensor2D): Tensor2D {
  const weight = centred(p[`${name}.weight`] as Tensor2D);
  return tf.add(tf.matMul(normaliseRows(x), weight), p[`${name}.bias`]);
}
