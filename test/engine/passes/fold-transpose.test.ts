import { expect, test } from 'vitest';
import { tf } from '../../../src/engine/index.ts';
import { operationsIn, optimised, product, type Subject } from './optimised.ts';

test('transposed values are added before they are transposed', async () => {
  const flipped: Subject = (x) => tf.transpose(product(x));
  const sum: Subject = (x) => tf.add(flipped(x), tf.transpose(x.square));
  expect(await optimised(sum)).toMatchInlineSnapshot(`
    "inputs a: float32[3,4], b: float32[4,5], square: float32[3,5]
    %0: float32[3,5] = Gemm(a, b, square)
    %1: float32[5,3] = Transpose(%0) perm=[1,0]
    outputs y = %1"
  `);
  const three: Subject = (x) => tf.add(sum(x), tf.transpose(tf.exp(x.square)));
  const operations = operationsIn(await optimised(three));
  expect(operations.filter((op) => op === 'Transpose')).toHaveLength(1);
  expect(operationsIn(await optimised((x) => tf.mul(sum(x), flipped(x))))).toContain('Add');
});
