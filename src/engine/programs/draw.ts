import type { RuntimeTensors } from '../onnx/onnxruntime.ts';
import type { TensorValues } from '../step/step.ts';
import { seeds } from '../tfjs/random.ts';
import type { Draw } from '../trace/record.ts';

/**
 * Fills the random inputs of a run with the numbers that tfjs's ops would draw one after the other.
 *
 * @param seed what they follow from; if it is undefined they are new in every run
 */
export function draw(
  draws: readonly Draw[],
  tensors: RuntimeTensors,
  seed: number | undefined,
): void {
  const nextSeed = seed === undefined ? Math.random : seeds(seed);
  for (const { name, distribution } of draws) {
    const next = distribution.numbers(nextSeed());
    const values = tensors[name].data as TensorValues;
    for (let i = 0; i < values.length; i++) values[i] = next();
  }
}
