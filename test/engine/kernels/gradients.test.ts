import type { Tensor } from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { tf } from '../../../src/engine/index.ts';
import { kernels } from '../../../src/engine/kernels/table.ts';
import { numbers } from '../transformer.ts';
import { CASES, type Case } from './gradient-cases.ts';

/** Runs tfjs's cpu backend in double precision: it creates all its arrays as `Float32Array`. */
function inFloat64<T>(f: () => T): T {
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

function contents(shapes: Case[0]): number[][] {
  const next = numbers(4);
  return shapes.map((shape) =>
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => Math.fround(0.95 * next())),
  );
}

function tensors(values: readonly number[][], shapes: Case[0]): Tensor[] {
  return values.map((list, i) => tf.tensor(list, [...shapes[i]], 'float32'));
}

const H = 1e-6;

/** Slope along every element of every operand by central differences, in double precision. */
async function slopes([shapes, op]: Case, values: readonly number[][]): Promise<number[][]> {
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
async function gradients([shapes, op]: Case, values: readonly number[][]): Promise<number[][]> {
  await tf.setBackend('onnxruntime');
  return tf.tidy(() =>
    tf
      .grads((...given) => weighted(op(...given)))(tensors(values, shapes))
      .map((gradient) => [...gradient.dataSync()]),
  );
}

test('the reference computes in double precision', async () => {
  await tf.setBackend('cpu');
  const sum = inFloat64(() => tf.add(tf.tensor([1]), tf.tensor([1e-12])).dataSync()[0]);
  expect(sum).toBe(1 + 1e-12);
});

test.each(Object.entries(CASES))('the gradient of %s is its slope', async (_name, example) => {
  const values = contents(example[0]);
  const [got, want] = [await gradients(example, values), await slopes(example, values)];
  expect(want.flat().some((slope) => slope !== 0)).toBe(true);
  for (const [i, list] of want.entries()) {
    for (const [j, slope] of list.entries()) {
      expect(
        Math.abs(got[i][j] - slope),
        `operand ${i}, ${j}: ${got[i][j]} for ${slope}`,
      ).toBeLessThan(1e-4 * (1 + Math.abs(slope)));
    }
  }
});

/** Kernels that have a gradient in tfjs but no case here. */
const NOT_TESTED: Readonly<Record<string, string>> = {
  FloorDiv: 'tfjs gives it the gradient of a division, although it is flat',
  MirrorPad: 'the gradient of tfjs ignores the mirrored part',
  LogSoftmax: 'no op of tfjs uses it',
  BroadcastTo: 'no op of tfjs uses it',
};

test('the cases cover every kernel that tfjs can differentiate', async () => {
  await tf.setBackend('onnxruntime');
  const used = new Set<string>();
  for (const [shapes, op] of Object.values(CASES)) {
    const { kernelNames } = await tf.profile(() => op(...tensors(contents(shapes), shapes)));
    for (const name of kernelNames) used.add(name);
  }
  const differentiable = Object.keys(kernels).filter((name) => tf.getGradient(name) !== undefined);
  expect(differentiable.length).toBeGreaterThan(60);
  expect(differentiable.filter((name) => !used.has(name)).sort()).toEqual(
    Object.keys(NOT_TESTED).sort(),
  );
});
