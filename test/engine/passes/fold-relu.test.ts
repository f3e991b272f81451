import type { Tensor } from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { tf } from '../../../src/engine/index.ts';
import { optimised, product, type Subject } from './optimised.ts';

test('the slope of a relu is computed from its result, and nothing else reads the Gemm', async () => {
  const slope: Subject = (x) => {
    const y = tf.add(product(x), x.row);
    return tf.mul(tf.relu(y), tf.grad((z: Tensor) => tf.sum(tf.relu(z)))(y));
  };
  expect(await optimised(slope)).toMatchInlineSnapshot(`
    "inputs a: float32[3,4], b: float32[4,5], row: float32[5]
    %0: float32[3,5] = FusedGemm(a, b, row) activation=Relu
    %1: float32[3,5] = HardSigmoid(%0) alpha=3.4028234663852886e+38 beta=0
    %2: float32[3,5] = Mul(%0, %1)
    outputs y = %2"
  `);
});

test('a relu of a product with a bias becomes part of it', async () => {
  const biased: Subject = (x) => tf.add(product(x), x.row);
  expect(await optimised((x) => tf.relu(biased(x)))).toMatchInlineSnapshot(`
    "inputs a: float32[3,4], b: float32[4,5], row: float32[5]
    %0: float32[3,5] = FusedGemm(a, b, row) activation=Relu
    outputs y = %0"
  `);
});

test('a relu stays if the product itself is needed', async () => {
  const biased: Subject = (x) => tf.add(product(x), x.row);
  const both: Subject = (x) => tf.mul(biased(x), tf.relu(biased(x)));
  expect(await optimised(both)).toMatchInlineSnapshot(`
    "inputs a: float32[3,4], b: float32[4,5], row: float32[5]
    %0: float32[3,5] = Gemm(a, b, row)
    %1: float32[3,5] = Relu(%0)
    %2: float32[3,5] = Mul(%0, %1)
    outputs y = %2"
  `);
});
