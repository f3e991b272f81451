import type { Tensor } from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { tf } from '../../../src/engine/index.ts';
import { fc } from '../../properties.ts';
import { type Content, contentOf, expectSame, runOn, shapes } from './parity.ts';

const RUNS = 30;
const numeric = fc.constantFrom('float32' as const, 'int32' as const);

type Reduced = { readonly x: Content; readonly axes: number[]; readonly keepDims: boolean };

/** A tensor, some of its axes, and whether they are kept. */
function reduced(
  types: fc.Arbitrary<Content['dtype']>,
  keep: (shape: readonly number[]) => boolean = () => true,
): fc.Arbitrary<Reduced> {
  return fc
    .tuple(shapes({ minLength: 1 }).filter(keep), types, fc.boolean())
    .chain(([shape, dtype, keepDims]) =>
      fc.record({
        x: contentOf(shape, dtype),
        axes: fc.subarray([...shape.keys()], { minLength: 1 }),
        keepDims: fc.constant(keepDims),
      }),
    );
}

function checkReduced(
  given: fc.Arbitrary<Reduced>,
  op: (x: Tensor, chosen: Reduced) => Tensor | Tensor[],
) {
  return fc.assert(
    fc.asyncProperty(given, (chosen) => expectSame((x) => op(x, chosen), [chosen.x])),
    { numRuns: RUNS, seed: 1 },
  );
}

function isFull(shape: readonly number[]) {
  return !shape.includes(0);
}

describe('reductions:', () => {
  test.each(['sum', 'prod'] as const)('%s matches the cpu backend, for empty tensors too', (name) =>
    checkReduced(reduced(numeric), (x, { axes, keepDims }) => [
      tf[name](x, axes, keepDims),
      tf[name](x),
    ]),
  );
  test.each(['mean', 'max', 'min', 'logSumExp'] as const)('%s matches the cpu backend', (name) =>
    checkReduced(
      reduced(name === 'logSumExp' ? fc.constant('float32') : numeric, isFull),
      (x, { axes, keepDims }) => [tf[name](x, axes, keepDims), tf[name](x)],
    ),
  );
  test.each(['all', 'any'] as const)('%s matches the cpu backend', (name) =>
    checkReduced(reduced(fc.constant('bool'), isFull), (x, { axes, keepDims }) => [
      tf[name](x, axes, keepDims),
      tf[name](x),
    ]),
  );
  test('all of nothing is true and any of nothing false, where the cpu backend says false for both', async () => {
    const empty: Content = { shape: [2, 0], dtype: 'bool', values: [] };
    const made = await runOn('onnxruntime', (x) => [tf.all(x), tf.any(x), tf.all(x, 1)], [empty]);
    expect(made).toMatchObject([{ values: [1] }, { values: [0] }, { values: [1, 1] }]);
  });
  test('moments and norm match the cpu backend', () =>
    checkReduced(reduced(fc.constant('float32'), isFull), (x, { axes, keepDims }) => {
      const { mean, variance } = tf.moments(x, axes, keepDims);
      return [mean, variance, tf.norm(x), tf.norm(x, 1)];
    }));
  test.each(['argMax', 'argMin'] as const)('%s matches the cpu backend', (name) =>
    checkReduced(reduced(numeric, isFull), (x, { axes }) => tf[name](x, axes[0])),
  );
  test('sums of tensors that are stored before broadcasting match the cpu backend', () =>
    checkReduced(reduced(fc.constant('float32'), isFull), (x, { axes, keepDims }) => {
      const repeated = tf.broadcastTo(tf.sum(x, axes, true), x.shape);
      return [
        tf.sum(repeated, axes, keepDims),
        tf.mean(repeated, axes, keepDims),
        tf.max(repeated),
        tf.prod(repeated, axes[0]),
        tf.sum(tf.fill(x.shape, 0.5), axes, keepDims),
        tf.argMax(repeated, axes[0]),
        tf.cumsum(repeated, axes[0]),
        tf.softmax(repeated),
      ];
    }));
  test('cumsum and cumprod match the cpu backend', () =>
    fc.assert(
      fc.asyncProperty(
        reduced(numeric),
        fc.boolean(),
        fc.boolean(),
        ({ x, axes }, exclusive, reverse) =>
          expectSame(
            (t) => [
              tf.cumsum(t, axes[0], exclusive, reverse),
              tf.cumprod(t, axes[0], exclusive, reverse),
            ],
            [x],
          ),
      ),
      { numRuns: RUNS, seed: 1 },
    ));
  test('softmax and logSoftmax match the cpu backend', () =>
    checkReduced(reduced(fc.constant('float32'), isFull), (x) => [
      tf.softmax(x),
      tf.logSoftmax(x),
    ]));
  test('topk matches the cpu backend', () =>
    checkReduced(reduced(numeric, isFull), (x, { axes }) => {
      const { values, indices } = tf.topk(x, Math.min(x.shape.at(-1) ?? 1, axes.length));
      return [values, indices];
    }));
});
