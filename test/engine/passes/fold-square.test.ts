import { expect, test } from 'vitest';
import { tf } from '../../../src/engine/index.ts';
import { operationsIn, optimised, type Subject } from './optimised.ts';

test('a sum of squares becomes one operation', async () => {
  expect(await optimised(({ a }) => tf.sum(tf.square(a)))).toMatchInlineSnapshot(`
    "inputs a: float32[3,4]
    %0: float32[] = ReduceSumSquare(a, [0,1]) keepdims=0
    outputs y = %0"
  `);
  expect(await optimised(({ a }) => tf.sum(tf.square(a), 1))).toMatchInlineSnapshot(`
    "inputs a: float32[3,4]
    %0: float32[3] = ReduceSumSquare(a, [1]) keepdims=0
    outputs y = %0"
  `);
});

test('a sum of squares that are needed elsewhere, or of other products, stays', async () => {
  const both: Subject = ({ a }) => tf.mul(tf.square(a), tf.sum(tf.square(a)));
  expect(operationsIn(await optimised(both))).toContain('ReduceSum');
  const products: Subject = ({ row }) => tf.sum(tf.mul(row, tf.reverse(row)));
  expect(operationsIn(await optimised(products))).toContain('ReduceSum');
});
