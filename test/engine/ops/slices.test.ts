import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { compile, inSlices, type NamedTensors, tf } from '../../../src/engine/index.ts';
import { fc } from '../../properties.ts';
import { numbers } from '../transformer.ts';

function float(...shape: number[]) {
  return { shape, dtype: 'float32' as const };
}

/** Row-wise function, its sum over all rows, and that sum's gradient by w. */
function definition(rows: number, count: number) {
  return {
    inputs: { x: float(rows, 3), y: float(rows, 2), w: float(3, 2) },
    state: {},
    step: ({ x, y, w }: NamedTensors) => {
      const f = (weight: Tensor) =>
        inSlices({ x, y }, count, (some) =>
          tf.mul(tf.matMul(some.x as Tensor2D, weight as Tensor2D), some.y),
        );
      const slope = tf.grad((weight: Tensor) => tf.sum(f(weight)))(w);
      return { outputs: { values: f(w), slope } };
    },
  };
}

async function run(rows: number, count: number) {
  const program = await compile(definition(rows, count), { backend: 'onnxruntime' });
  const random = numbers(rows);
  const some = (length: number) => Float32Array.from({ length }, random);
  const { values, slope } = await program.run({ x: some(3 * rows), y: some(2 * rows), w: some(6) });
  const result = { values: [...values], slope: [...slope] };
  await program.dispose();
  return result;
}

test('any number of slices gives the values and the gradient of the whole, up to rounding', async () => {
  const cases = fc
    .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
    .map(([a, b]) => [Math.max(a, b), Math.min(a, b)] as const);
  await fc.assert(
    fc.asyncProperty(cases, async ([rows, count]) => {
      const [sliced, whole] = [await run(rows, count), await run(rows, 1)];
      for (const name of ['values', 'slope'] as const) {
        expect(sliced[name]).toHaveLength(whole[name].length);
        for (const [i, value] of whole[name].entries()) {
          expect(sliced[name][i]).toBeCloseTo(value, 5);
        }
      }
    }),
    { numRuns: 15 },
  );
});

test('sizes of slices differ by at most one row', () => {
  const sizes: number[] = [];
  tf.tidy(() => {
    inSlices({ x: tf.zeros([10, 2]) }, 4, ({ x }) => {
      sizes.push(x.shape[0]);
      return x;
    });
  });
  expect(sizes.reduce((a, b) => a + b)).toBe(10);
  expect(Math.max(...sizes) - Math.min(...sizes)).toBe(1);
});
