// A perceptron of two hidden layers: 64 pixels, h, h, 10 classes. N examples of a batch.
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { type NamedTensors, tf } from '../../engine/index.ts';
import type { ParameterSpecs } from '../../study/models/parameters.ts';
import { CLASSES, PIXELS } from './digits.ts';

const LAYERS = 3;
export const LAST = LAYERS - 1;

export const weightOf = (layer: number) => `weight${layer}`;
export const biasOf = (layer: number) => `bias${layer}`;

/** @param hidden h */
export function networkParameters(hidden: number): ParameterSpecs {
  const widths = [PIXELS, hidden, hidden, CLASSES];
  return Object.fromEntries(
    widths.slice(1).flatMap((to, layer) => {
      const from = widths[layer];
      const start = { kind: 'normal', std: Math.sqrt(2 / from) } as const;
      return [
        [weightOf(layer), { shape: [from, to], start }],
        [biasOf(layer), { shape: [to], start: { kind: 'zeros' } as const }],
      ];
    }),
  );
}

/** What each layer reads, and the scores. */
export interface Forward {
  /** // [N, 64], [N, h], [N, h] */
  readonly read: readonly Tensor2D[];
  /** // [N, 10] */
  readonly scores: Tensor2D;
}

/** @param round of what each layer makes */
export function forward(
  p: NamedTensors,
  x: Tensor2D,
  round: <T extends Tensor>(x: T) => T = (exact) => exact,
): Forward {
  const read = [x];
  for (let layer = 0; layer < LAST; layer++)
    read.push(tf.relu(round(linear(p, layer, read[layer]))));
  return { read, scores: round(linear(p, LAST, read[LAST])) };
}

function linear(p: NamedTensors, layer: number, x: Tensor2D): Tensor2D {
  return tf.add(tf.matMul(x, p[weightOf(layer)] as Tensor2D), p[biasOf(layer)]);
}
