import { expect, test } from 'vitest';
import { tf } from '../../../src/engine/index.ts';
import { operationsIn, optimised, type Subject } from './optimised.ts';

test('a reduction whose axes a reshape restores keeps them itself', async () => {
  const f: Subject = ({ a }) => tf.reshape(tf.mean(tf.sin(a), 0), [1, 4]);
  expect(await optimised(f)).toMatchInlineSnapshot(`
    "inputs a: float32[3,4]
    %0: float32[3,4] = Sin(a)
    %1: float32[1,4] = ReduceMean(%0, [0]) keepdims=1
    outputs y = %1"
  `);
});

test('a reshape to another shape, or of a reduction that is read twice, stays', async () => {
  const other: Subject = ({ a }) => tf.reshape(tf.sum(a, 0), [2, 2]);
  expect(operationsIn(await optimised(other))).toContain('Reshape');
  const both: Subject = ({ a }) => {
    const sum = tf.sum(tf.sin(a), 0);
    return tf.mul(tf.reshape(sum, [1, 4]), tf.cos(sum));
  };
  expect(operationsIn(await optimised(both))).toContain('Reshape');
});
