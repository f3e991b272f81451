import { expect, test } from 'vitest';
import { compile, tf } from '../../../src/engine/index.ts';
import { operationsIn, optimised, product, type Subject } from './optimised.ts';

test('a factor after a product becomes its alpha', async () => {
  expect(await optimised((x) => tf.mul(product(x), 0.25))).toMatchInlineSnapshot(`
    "inputs a: float32[3,4], b: float32[4,5]
    %0: float32[3,5] = FusedMatMul(a, b) alpha=0.25
    outputs y = %0"
  `);
  expect(await optimised((x) => tf.mul(-3, tf.mul(product(x), 0.25)))).toMatchInlineSnapshot(`
    "inputs a: float32[3,4], b: float32[4,5]
    %0: float32[3,5] = FusedMatMul(a, b) alpha=-0.75
    outputs y = %0"
  `);
});

test('a factor before a product becomes its alpha, on either side', async () => {
  const scaled: Subject = ({ a, b }) =>
    tf.matMul(tf.mul(a, 0.25) as tf.Tensor2D, tf.mul(b, 3) as tf.Tensor2D);
  expect(await optimised(scaled)).toMatchInlineSnapshot(`
    "inputs a: float32[3,4], b: float32[4,5]
    %0: float32[3,5] = FusedMatMul(a, b) alpha=0.75
    outputs y = %0"
  `);
});

test('a factor stays if something else needs what it scales', async () => {
  const both: Subject = (x) => {
    const scores = product(x);
    return tf.add(tf.mul(scores, 0.25), tf.exp(scores));
  };
  expect(await optimised(both)).toMatchInlineSnapshot(`
    "inputs a: float32[3,4], b: float32[4,5]
    %0: float32[3,5] = FusedMatMul(a, b)
    %1: float32[3,5] = Mul(%0, 0.25)
    %2: float32[3,5] = Exp(%0)
    %3: float32[3,5] = Add(%1, %2)
    outputs y = %3"
  `);
  const kept: Subject = ({ a, b, square }) => {
    const half = tf.mul(a, 0.5);
    const y = tf.matMul(half as tf.Tensor2D, b as tf.Tensor2D);
    return tf.add(tf.mul(y, square), tf.sum(half));
  };
  expect(operationsIn(await optimised(kept))).toContain('Mul');
});

test('a factor that widens what it scales stays', async () => {
  const widened: Subject = ({ a, b, row }) =>
    tf.mul(
      tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D),
      tf.reshape(tf.slice(row, 0, 1), [1, 1, 1]),
    );
  expect(operationsIn(await optimised(widened))).toContain('Mul');
});

test('an extreme factor stays where it is: sums would leave the range of float32', async () => {
  const large: Subject = ({ a, b }) => {
    const [x, y] = [a, b].map((m) => tf.mul(tf.mul(m, 2 ** 70), 2 ** -70) as tf.Tensor2D);
    return tf.matMul(x, y);
  };
  expect(operationsIn(await optimised(large)).filter((op) => op === 'Mul')).toHaveLength(4);
  for (const factor of [2 ** -60, 0]) {
    const after: Subject = (x) => tf.mul(product(x), factor);
    expect(operationsIn(await optimised(after))).toContain('Mul');
  }
});

test('rounded factors of a product are what they are alone', async () => {
  const scaled = (x: tf.Tensor) => tf.div(tf.mul(x, 2 ** 112), 2 ** 112) as tf.Tensor2D;
  const program = await compile({
    inputs: { x: { shape: [2, 2], dtype: 'float32' } },
    state: {},
    step: ({ x }) => ({ outputs: { y: tf.matMul(scaled(x), scaled(x)) } }),
  });
  try {
    const { y } = await program.run({ x: Float32Array.of(1, 2, 3, 4) });
    expect([...y]).toEqual([7, 10, 15, 22]);
  } finally {
    await program.dispose();
  }
});
