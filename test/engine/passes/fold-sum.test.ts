import { describe, expect, test } from 'vitest';
import { tf } from '../../../src/engine/index.ts';
import { operationsIn, optimised, type Subject } from './optimised.ts';

describe('additions of three or more short vectors', () => {
  const { sin, cos, exp, add } = tf;

  test('become one sum, from first to last', async () => {
    const f: Subject = ({ row }) => add(add(sin(row), add(cos(row), row)), exp(row));
    expect(await optimised(f)).toMatchInlineSnapshot(`
      "inputs row: float32[5]
      %0: float32[5] = Sin(row)
      %1: float32[5] = Cos(row)
      %2: float32[5] = Exp(row)
      %3: float32[5] = Sum(%0, %1, row, %2)
      outputs y = %3"
    `);
  });

  test('stay if one in between is needed elsewhere', async () => {
    const both: Subject = ({ row }) => {
      const two = add(sin(row), cos(row));
      return tf.mul(add(two, exp(row)), two);
    };
    expect(await optimised(both)).toMatchInlineSnapshot(`
      "inputs row: float32[5]
      %0: float32[5] = Sin(row)
      %1: float32[5] = Cos(row)
      %2: float32[5] = Add(%0, %1)
      %3: float32[5] = Exp(row)
      %4: float32[5] = Add(%2, %3)
      %5: float32[5] = Mul(%4, %2)
      outputs y = %5"
    `);
  });

  test('stay if they broadcast, are numbers or matrices, or are only two', async () => {
    const widened: Subject = ({ row, square }) => add(add(sin(row), cos(row)), square);
    const norm: Subject = ({ a, b, row }) => tf.addN([tf.sum(a), tf.sum(b), tf.sum(row)]);
    const two: Subject = ({ row }) => add(sin(row), cos(row));
    const matrices: Subject = ({ a }) => add(add(sin(a), cos(a)), exp(a));
    for (const f of [widened, norm, two, matrices]) {
      expect(operationsIn(await optimised(f))).not.toContain('Sum');
    }
  });
});
