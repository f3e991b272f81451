import type { Tensor } from '@tensorflow/tfjs';
import { beforeEach, describe, expect, test } from 'vitest';
import { tf } from '../../../src/engine/index.ts';
import { numbers } from '../transformer.ts';

beforeEach(async () => {
  await tf.setBackend('onnxruntime');
});

/** Not a constant, which would not be summed at all. */
function filled(shape: number[], value: number): Tensor {
  const one = tf.tensor1d([0, value]);
  return tf.add(tf.zeros(shape), tf.slice(one, [1], [1]));
}

function read(x: Tensor): number[] {
  return [...x.dataSync()];
}

describe('sums of many numbers', () => {
  const value = Math.fround(1.1);

  test.each([[2 ** 24], [10_000_000], [1_000_003]])(
    'of %i equal numbers are exact to a millionth',
    (n) => {
      tf.tidy(() => {
        const x = tf.tile(tf.tensor1d([value, value]), [Math.ceil(n / 2)]).slice([0], [n]);
        expect(Math.abs(read(tf.sum(x))[0] / (n * value) - 1)).toBeLessThan(1e-6);
        expect(Math.abs(read(tf.mean(x))[0] / value - 1)).toBeLessThan(1e-6);
      });
    },
  );

  test('along each axis, and with axes kept', () => {
    tf.tidy(() => {
      const shape = [3, 70_000, 2];
      const x = tf.tile(filled([3, 7, 2], value), [1, 10_000, 1]);
      expect(x.shape).toEqual(shape);
      for (const axes of [[1], [0, 1], [1, 2], [0, 1, 2], [0], [2], [0, 2]]) {
        const count = axes.reduce((product, axis) => product * shape[axis], 1);
        const sum = tf.sum(x, axes, true);
        expect(sum.shape).toEqual(shape.map((n, axis) => (axes.includes(axis) ? 1 : n)));
        for (const got of read(sum)) expect(Math.abs(got / (count * value) - 1)).toBeLessThan(2e-6);
        for (const got of read(tf.mean(x, axes))) {
          expect(Math.abs(got / value - 1)).toBeLessThan(2e-6);
        }
      }
    });
  });

  test('of different numbers, each once', () => {
    const n = 50_021;
    const next = numbers(7);
    const values = Float32Array.from({ length: n }, next);
    const want = values.reduce((sum, x) => sum + x, 0);
    const got = tf.tidy(() => read(tf.sum(tf.tensor1d(values)))[0]);
    expect(Math.abs(got - want)).toBeLessThan(1e-3);
    const squares = values.reduce((sum, x) => sum + x * x, 0);
    const norm = tf.tidy(() => read(tf.sum(tf.square(tf.tensor1d(values))))[0]);
    expect(Math.abs(norm / squares - 1)).toBeLessThan(1e-6);
  });
});

/** Functions in double precision. */
const FUNCTIONS: Readonly<Record<string, readonly [(x: number) => number, readonly number[]]>> = {
  sigmoid: [(x) => 1 / (1 + Math.exp(-x)), [-87, -50, -20, -17, -14, -1, -1e-5, 0, 1, 14, 50]],
  logSigmoid: [(x) => -Math.log1p(Math.exp(-x)), [-80, -20, -14, -1, 0, 1, 14, 50]],
  softplus: [(x) => Math.log1p(Math.exp(x)), [-80, -20, -14, -1, 0, 1, 14, 50]],
  tanh: [Math.tanh, [-20, -5, -1e-3, -1e-6, 0, 1e-6, 1e-3, 0.5, 5, 20]],
  exp: [Math.exp, [-80, -10, -1, 0, 1, 10, 80]],
  log: [Math.log, [1e-30, 0.1, 0.999, 1.001, 10, 1e30]],
  expm1: [Math.expm1, [-20, -1, -1e-6, 1e-6, 1, 20]],
  log1p: [Math.log1p, [-0.9, -1e-6, 1e-6, 1, 1e10]],
  sqrt: [Math.sqrt, [1e-30, 0.5, 2, 1e30]],
  rsqrt: [(x) => 1 / Math.sqrt(x), [1e-30, 0.5, 2, 1e30]],
  sinh: [Math.sinh, [-10, -1, 1, 10]],
  cosh: [Math.cosh, [-10, -1, 1, 10]],
  asin: [Math.asin, [-1, -0.5, 1e-3, 0.99]],
  atan: [Math.atan, [-1e10, -1, 1e-3, 1e10]],
  elu: [(x) => (x > 0 ? x : Math.expm1(x)), [-50, -5, -0.5, 2]],
};

test.each(Object.entries(FUNCTIONS))(
  '%s is accurate far from zero and near it',
  (name, [f, at]) => {
    const own = (tf as unknown as Record<string, (x: Tensor) => Tensor>)[name];
    const got = tf.tidy(() => read(own(tf.tensor1d([...at]))));
    for (const [i, x] of at.map(Math.fround).entries()) {
      expect(Math.abs(got[i] - f(x)), `${name}(${x}) = ${got[i]}, not ${f(x)}`).toBeLessThanOrEqual(
        2e-6 * Math.abs(f(x)),
      );
    }
  },
);

test('the gradient of logSigmoid far below zero is one', () => {
  const gradient = tf.tidy(() => read(tf.grad((x) => tf.logSigmoid(x))(tf.tensor1d([-30, -80]))));
  expect(gradient).toEqual([1, 1]);
});
