import { expect, test } from 'vitest';
import { tf } from '../../../src/engine/index.ts';
import { operationsIn, optimised, product, type Subject } from './optimised.ts';

test('a row added to a product of matrices becomes the bias of one Gemm', async () => {
  expect(await optimised((x) => tf.add(product(x), x.row))).toMatchInlineSnapshot(`
    "inputs a: float32[3,4], b: float32[4,5], row: float32[5]
    %0: float32[3,5] = Gemm(a, b, row)
    outputs y = %0"
  `);
  expect(await optimised((x) => tf.add(x.row, tf.mul(product(x), 2)))).toMatchInlineSnapshot(`
    "inputs a: float32[3,4], b: float32[4,5], row: float32[5]
    %0: float32[3,5] = Gemm(a, b, row) alpha=2
    outputs y = %0"
  `);
});

test('a matrix added to a product becomes part of the same Gemm', async () => {
  expect(await optimised((x) => tf.add(product(x), x.square))).toMatchInlineSnapshot(`
    "inputs a: float32[3,4], b: float32[4,5], square: float32[3,5]
    %0: float32[3,5] = Gemm(a, b, square)
    outputs y = %0"
  `);
  const twoProducts: Subject = (x) =>
    tf.add(product(x), tf.matMul(x.square as tf.Tensor2D, x.weight as tf.Tensor2D));
  expect(operationsIn(await optimised(twoProducts)).toSorted()).toEqual(['FusedMatMul', 'Gemm']);
});

test('anything but a row or a matrix is still added', async () => {
  expect(operationsIn(await optimised((x) => tf.add(product(x), tf.sum(x.row))))).toContain('Add');
});

test('a product that is read twice is computed once', async () => {
  const readTwice: Subject = (x) => {
    const y = product(x);
    return tf.mul(tf.add(y, x.row), y);
  };
  const operations = operationsIn(await optimised(readTwice));
  expect(operations.filter((op) => op === 'FusedMatMul')).toHaveLength(1);
});
