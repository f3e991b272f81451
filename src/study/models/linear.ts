import type { Tensor2D } from '@tensorflow/tfjs';
import { type NamedTensors, tf } from '../../engine/index.ts';
import type { ParameterSpecs } from './parameters.ts';

/** Weight [from, to] with variance scale^2 / from, and a bias of zeros. */
export function linearParameters(
  name: string,
  from: number,
  to: number,
  scale = 1,
): ParameterSpecs {
  return {
    [`${name}.weight`]: {
      shape: [from, to],
      start: { kind: 'normal', std: scale * from ** -0.5 },
    },
    [`${name}.bias`]: { shape: [to], start: { kind: 'zeros' } },
  };
}

/** Rows of [rows, from] through a linear layer. // [rows, to] */
export function linear(p: NamedTensors, name: string, x: Tensor2D): Tensor2D {
  return tf.add(tf.matMul(x, p[`${name}.weight`] as Tensor2D), p[`${name}.bias`]);
}
