import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { nodesFor } from '../../../src/engine/graph/graph.ts';
import { compile, type NamedTensors, tf } from '../../../src/engine/index.ts';
import { trace } from '../../../src/engine/trace/trace.ts';
import { fc } from '../../properties.ts';
import { float } from '../passes/optimised.ts';
import { numbers } from '../transformer.ts';
import { check, contentOf, expectSame, shapes } from './parity.ts';

const RUNS = 30;

function isFull(shape: readonly number[]): boolean {
  return !shape.includes(0);
}

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

describe('products:', () => {
  test('matMul matches the cpu backend, transposed or not, with batches that broadcast', () =>
    fc.assert(
      fc.asyncProperty(factors, ({ a, b, transposeA, transposeB }) =>
        expectSame((x, y) => tf.matMul(x, y, transposeA, transposeB), [a, b]),
      ),
      { numRuns: 2 * RUNS, seed: 1 },
    ));
  test.each(['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'prelu', 'leakyrelu'] as const)(
    'fused matMul with bias and %s matches the cpu backend',
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
  ])('einsum %s matches the cpu backend', (equation) =>
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
  test('dot, outer product and products of one matrix with itself match the cpu backend', () =>
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

test('a product over many rows transposes its smaller operand once', async () => {
  const rows = 512;
  const ops = async (p: number, q: number) => {
    const step = {
      inputs: { x: float(rows, p), dy: float(rows, q) },
      state: {},
      step: ({ x, dy }: NamedTensors) => ({
        outputs: { y: tf.matMul(x as tf.Tensor2D, dy as tf.Tensor2D, true) },
      }),
    };
    const random = numbers(p);
    const values = {
      x: Float32Array.from({ length: rows * p }, random),
      dy: Float32Array.from({ length: rows * q }, random),
    };
    const [ours, cpu] = [
      await compile(step, { backend: 'onnxruntime' }),
      await compile(step, { backend: 'cpu' }),
    ];
    const [got, want] = [(await ours.run(values)).y, (await cpu.run(values)).y];
    for (const [i, value] of want.entries()) expect(got[i]).toBeCloseTo(value, 3);
    await ours.dispose();
    return nodesFor([...trace(step).outputs.values()]).map(({ op }) => op);
  };
  expect(await ops(3, 40)).toEqual(['Transpose', 'FusedMatMul']);
  expect(await ops(40, 3)).toEqual(['Transpose', 'FusedMatMul', 'Transpose']);
  expect(await ops(3, 5)).toEqual(['FusedMatMul']);
});
