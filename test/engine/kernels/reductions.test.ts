import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tf } from '../../../src/engine/index.ts';
import { type Content, check, contentOf, expectSame, runOn, shapes } from './parity.ts';

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

describe('reductions are as on the cpu backend', () => {
  test.each(['sum', 'prod'] as const)('%s, of empty tensors too', (name) =>
    checkReduced(reduced(numeric), (x, { axes, keepDims }) => [
      tf[name](x, axes, keepDims),
      tf[name](x),
    ]),
  );
  test.each(['mean', 'max', 'min', 'logSumExp'] as const)('%s', (name) =>
    checkReduced(
      reduced(name === 'logSumExp' ? fc.constant('float32') : numeric, isFull),
      (x, { axes, keepDims }) => [tf[name](x, axes, keepDims), tf[name](x)],
    ),
  );
  test.each(['all', 'any'] as const)('%s', (name) =>
    checkReduced(reduced(fc.constant('bool'), isFull), (x, { axes, keepDims }) => [
      tf[name](x, axes, keepDims),
      tf[name](x),
    ]),
  );
  test('all and any of nothing are true and false, where the cpu backend says false', async () => {
    const empty: Content = { shape: [2, 0], dtype: 'bool', values: [] };
    const made = await runOn('onnxruntime', (x) => [tf.all(x), tf.any(x), tf.all(x, 1)], [empty]);
    expect(made).toMatchObject([{ values: [1] }, { values: [0] }, { values: [1, 1] }]);
  });
  test('moments and norm', () =>
    checkReduced(reduced(fc.constant('float32'), isFull), (x, { axes, keepDims }) => {
      const { mean, variance } = tf.moments(x, axes, keepDims);
      return [mean, variance, tf.norm(x), tf.norm(x, 1)];
    }));
  test.each(['argMax', 'argMin'] as const)('%s', (name) =>
    checkReduced(reduced(numeric, isFull), (x, { axes }) => tf[name](x, axes[0])),
  );
  test('sums of what is stored smaller than it is', () =>
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
  test('cumsum and cumprod', () =>
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
  test('softmax and logSoftmax', () =>
    checkReduced(reduced(fc.constant('float32'), isFull), (x) => [
      tf.softmax(x),
      tf.logSoftmax(x),
    ]));
  test('topk', () =>
    checkReduced(reduced(numeric, isFull), (x, { axes }) => {
      const { values, indices } = tf.topk(x, Math.min(x.shape.at(-1) ?? 1, axes.length));
      return [values, indices];
    }));
});

const batches = shapes({ maxLength: 2 });
const side = fc.integer({ min: 0, max: 4 });

/** Operands of a product, and which of them are transposed. */
const factors = fc
  .tuple(
    batches,
    side,
    side,
    side,
    fc.boolean(),
    fc.boolean(),
    fc.constantFrom('both', 'left', 'right'),
  )
  // The cpu backend gives a wrong shape where it broadcasts batches to none.
  .filter(([batch, , , , , , batched]) => batched === 'both' || isFull(batch))
  .chain(([batch, n, inner, m, transposeA, transposeB, batched]) =>
    fc.record({
      a: contentOf([
        ...(batched === 'right' ? batch.map(() => 1) : batch),
        ...(transposeA ? [inner, n] : [n, inner]),
      ]),
      b: contentOf([
        ...(batched === 'left' ? batch.map(() => 1) : batch),
        ...(transposeB ? [m, inner] : [inner, m]),
      ]),
      transposeA: fc.constant(transposeA),
      transposeB: fc.constant(transposeB),
    }),
  );

describe('products are as on the cpu backend', () => {
  test('matMul, transposed or not, with batches that broadcast', () =>
    fc.assert(
      fc.asyncProperty(factors, ({ a, b, transposeA, transposeB }) =>
        expectSame((x, y) => tf.matMul(x, y, transposeA, transposeB), [a, b]),
      ),
      { numRuns: 2 * RUNS, seed: 1 },
    ));
  test.each(['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'prelu', 'leakyrelu'] as const)(
    'fused matMul with bias and %s',
    (activation) =>
      check(
        fc
          .tuple(
            fc.integer({ min: 1, max: 4 }),
            fc.integer({ min: 1, max: 4 }),
            fc.integer({ min: 1, max: 4 }),
          )
          .chain(([n, k, m]) =>
            fc.tuple(contentOf([n, k]), contentOf([k, m]), contentOf([m]), contentOf([m])),
          ),
        (a, b, bias, slope) =>
          tf.fused.matMul({
            a,
            b,
            bias,
            activation: activation as 'relu',
            leakyreluAlpha: 0.3,
            ...(activation === 'prelu' ? { preluActivationWeights: slope } : {}),
          }),
      ),
  );
  const sides: fc.Arbitrary<number> = fc.integer({ min: 1, max: 4 });
  test.each([
    'bij,jk->bik',
    'bij,bjk->bik',
    'ij,ij->ij',
    'ij,ij->',
    'ij,j->i',
    'i,j->ij',
    'bij,bkj->bik',
  ])('einsum %s', (equation) =>
    check(
      fc.tuple(sides, sides, sides, sides).chain((all) => {
        const sizes: Readonly<Record<string, number>> = {
          b: all[0],
          i: all[1],
          j: all[2],
          k: all[3],
        };
        const [terms] = equation.split('->');
        return fc.tuple(
          ...terms.split(',').map((term) => contentOf([...term].map((letter) => sizes[letter]))),
        );
      }),
      (...tensors) => tf.einsum(equation, ...tensors),
    ),
  );
  test('dot, outer product and a matrix of one operand', () =>
    check(
      sides.chain((n) => fc.tuple(contentOf([n]), contentOf([n]), contentOf([n, n]))),
      (a, b, m) => [
        tf.dot(a, b),
        tf.outerProduct(a as Tensor1D, b as Tensor1D),
        tf.dot(m, a),
        tf.einsum('ij->ji', m),
        tf.matMul(m as Tensor2D, m as Tensor2D, true),
      ],
    ));
});

test('batch normalisation is as on the cpu backend', () =>
  check(
    fc
      .tuple(shapes({ minLength: 3, maxLength: 3 }), fc.integer({ min: 1, max: 4 }))
      .chain(([shape, n]) =>
        fc.tuple(
          contentOf([...shape, n]),
          contentOf([n]),
          contentOf([n], 'float32', fc.double({ min: 0.1, max: 2, noNaN: true }).map(Math.fround)),
          contentOf([n]),
          contentOf([n]),
        ),
      ),
    (x, mean, variance, offset, scale) =>
      tf.batchNorm(
        x,
        mean as Tensor1D,
        variance as Tensor1D,
        offset as Tensor1D,
        scale as Tensor1D,
      ),
  ));
