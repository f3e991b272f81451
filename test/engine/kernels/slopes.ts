import type { Tensor } from '@tensorflow/tfjs';
import { tf } from '../../../src/engine/index.ts';
import { numbers } from '../transformer.ts';
import type { Case } from './gradient-cases.ts';

/** Runs tfjs's cpu backend in double precision: it creates all its arrays as `Float32Array`. */
export function inFloat64<T>(f: () => T): T {
  const single = globalThis.Float32Array;
  globalThis.Float32Array = Float64Array as never;
  try {
    return f();
  } finally {
    globalThis.Float32Array = single;
  }
}

/** A scalar of the outputs: a fixed weighted sum. */
function weighted(output: Tensor): Tensor {
  return tf.sum(
    tf.mul(
      output,
      tf.tensor(
        Array.from({ length: output.size }, (_, i) => Math.cos(3 * i + 1)),
        output.shape,
      ),
    ),
  );
}

export function contents(shapes: Case[0]): number[][] {
  const next = numbers(4);
  return shapes.map((shape) =>
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => Math.fround(0.95 * next())),
  );
}

export function tensors(values: readonly number[][], shapes: Case[0]): Tensor[] {
  return values.map((list, i) => tf.tensor(list, [...shapes[i]], 'float32'));
}

const H = 1e-6;

/** Slope along every element of every operand by central differences, in double precision. */
export async function slopes([shapes, op]: Case): Promise<number[][]> {
  const values = contents(shapes);
  await tf.setBackend('cpu');
  const at = (moved: readonly number[][]): number =>
    inFloat64(() => tf.tidy(() => weighted(op(...tensors(moved, shapes))).dataSync()[0]));
  return values.map((list, i) =>
    list.map((x, j) => {
      const moved = (by: number) => at(values.with(i, list.with(j, x + by)));
      return (moved(H) - moved(-H)) / (2 * H);
    }),
  );
}

/** The gradient that the engine computes. */
export async function gradients([shapes, op]: Case): Promise<number[][]> {
  const values = contents(shapes);
  await tf.setBackend('onnxruntime');
  return tf.tidy(() =>
    tf
      .grads((...given) => weighted(op(...given)))(tensors(values, shapes))
      .map((gradient) => [...gradient.dataSync()]),
  );
}
