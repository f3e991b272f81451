import type { Tensor } from '@tensorflow/tfjs';
import { tf } from '../tfjs/tf.ts';
import {
  checkRate,
  mapNamed,
  type Optimizer,
  prefixed,
  rateOf,
  type UpdateInput,
  zerosFor,
} from './optimizer.ts';
import { concatSmall, isSmall, pack, packedName, packedSpecs, unpack } from './packing.ts';

export interface AdamOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

/**
 * Adam (Kingma and Ba, 2015, algorithm 1) with bias correction:
 * m' = b1 m + (1 - b1) g, v' = b2 v + (1 - b2) g², p' = p - lr m̂ / (√v̂ + ε).
 *
 * The moments are stored without the factors (1 - b1) and (1 - b2), which saves two passes over every
 * parameter; the factors are applied to scalars instead. The step count is part of the state. Small
 * parameters are updated as one vector: eleven operations for all of them instead of eleven for each.
 */
export function adam({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions = {}): Optimizer {
  return {
    initialState: (parameters) => ({
      'adam/step': { shape: [], dtype: 'float32', values: new Float32Array(1) },
      ...zerosFor(packedSpecs(parameters), ['adam/first', 'adam/second']),
    }),
    update: (input) => {
      checkRate(input);
      const step = tf.add(input.state['adam/step'], 1);
      // m̂ = first (1 - b1) / (1 - b1^t); √v̂ = √second √((1 - b2) / (1 - b2^t))
      const firstScale = tf.div(1 - beta1, tf.sub(1, tf.pow(beta1, step)));
      const rootScale = tf.sqrt(tf.div(1 - beta2, tf.sub(1, tf.pow(beta2, step))));
      const scaledEpsilon = tf.div(epsilon, rootScale);
      const gradients = pack(input.gradients);
      const packedParameters = pack(mapNamed(input.gradients, (_, name) => input.parameters[name]));
      const first = mapNamed(gradients, (g, name) =>
        tf.add(tf.mul(input.state[`adam/first/${name}`], beta1), g),
      );
      const second = mapNamed(gradients, (g, name) =>
        tf.add(tf.mul(input.state[`adam/second/${name}`], beta2), tf.square(g)),
      );
      const parameters = mapNamed(first, (m, name) => {
        const rate = tf.div(tf.mul(ratesOf(input, name), firstScale), rootScale);
        const direction = tf.div(m, tf.add(tf.sqrt(second[name]), scaledEpsilon));
        return tf.sub(packedParameters[name], tf.mul(direction, rate));
      });
      return {
        parameters: unpack(parameters, input.gradients),
        state: {
          'adam/step': step,
          ...prefixed('adam/first', first),
          ...prefixed('adam/second', second),
        },
      };
    },
  };
}

/** The learning rate of a parameter; of the packed ones, one per element if they differ. */
function ratesOf(input: UpdateInput, name: string): Tensor {
  const { gradients, multipliers = {} } = input;
  if (name !== packedName(gradients)) return rateOf(input, name);
  const small = Object.keys(gradients).filter((one) => isSmall(gradients[one].shape));
  if (small.every((one) => (multipliers[one] ?? 1) === 1)) return input.learningRate;
  const factors = mapNamed(gradients, ({ shape }, one) => tf.fill(shape, multipliers[one] ?? 1));
  return tf.mul(input.learningRate, concatSmall(factors));
}
