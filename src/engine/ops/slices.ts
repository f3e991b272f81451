import type { Tensor } from '@tensorflow/tfjs';
import { isOnGpu } from '../tfjs/tensorflow.ts';
import { tf } from '../tfjs/tf.ts';

/**
 * Applies `f` to slices of the inputs along their first axis and concatenates the results: the same as
 * `f(inputs)`, up to rounding, for an `f` that treats rows independently. It is faster when the tensors
 * of a slice stay in the processor's cache from one operation to the next. On a GPU, whose operations are
 * better few and large, it is `f(inputs)`.
 *
 * @param inputs tensors with the same first axis
 * @param count number of slices, whose sizes differ by at most one row; 1 is `f(inputs)`
 */
export function inSlices<Inputs extends object, T extends Tensor>(
  inputs: Inputs,
  count: number,
  f: (slice: Inputs) => T,
): T {
  if (count <= 1 || isOnGpu()) return f(inputs);
  const tensors = Object.entries(inputs as Readonly<Record<string, Tensor>>);
  const rows = tensors[0][1].shape[0];
  const bounds = Array.from({ length: count + 1 }, (_, i) => Math.round((i * rows) / count));
  const sizes = bounds.slice(1).map((end, i) => end - bounds[i]);
  const parts = tensors.map(([name, tensor]) => [name, tf.split(tensor, sizes, 0)] as const);
  const results = sizes.map((_, i) =>
    f(Object.fromEntries(parts.map(([name, list]) => [name, list[i]])) as Inputs),
  );
  return tf.concat(results, 0) as T;
}
