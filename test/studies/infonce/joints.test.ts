import { describe, expect, test } from 'vitest';
import {
  components,
  DATA_SETS,
  type Joint,
  jointOf,
  marginals,
  ratio,
} from '../../../src/studies/infonce/joints.ts';
import { joint } from './joint.ts';

const cell = ({ rows, columns, p }: Joint, x: string, y: string) =>
  p[rows.indexOf(x) * columns.length + columns.indexOf(y)];

describe('data sets', () => {
  test('every joint adds up to 1', () => {
    for (const name of DATA_SETS) {
      expect(jointOf(name).p.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    }
  });

  test('the product has ratio 1 everywhere', () => {
    for (const value of ratio(jointOf('product'))) expect(value).toBeCloseTo(1, 10);
  });

  test('two dice give a sum of 7 as 4 + 3, 5 + 2 or 6 + 1, both ways', () => {
    const dice = jointOf('dice');
    expect([dice.rows.length, dice.columns.length]).toEqual([11, 6]);
    for (const larger of ['4', '5', '6']) expect(cell(dice, '7', larger)).toBeCloseTo(2 / 36, 12);
    expect(cell(dice, '2', '1')).toBeCloseTo(1 / 36, 12);
    expect(cell(dice, '7', '3')).toBe(0);
  });

  test('the 189 births have the mean age of the source', () => {
    const births = jointOf('birthwt');
    expect(births.rows).toHaveLength(24);
    // The source's mean age is 23.2381.
    const { px } = marginals(births);
    const mean = births.rows.reduce((sum, age, i) => sum + Number(age) * px[i], 0);
    expect(mean).toBeCloseTo(23.2381, 4);
    expect(births.columns[0]).toBe('700');
    expect(births.columns.at(-1)).toBe('4900');
  });
});

describe('connected parts of the support', () => {
  test('a table of two blocks has two parts', () => {
    expect([
      ...components(
        joint([
          [0.2, 0.3, 0],
          [0, 0.1, 0],
          [0, 0, 0.4],
        ]),
      ),
    ]).toEqual([0, 0, -1, -1, 0, -1, -1, -1, 1]);
  });

  test('two dice have two parts: a sum of 2 shares no value with other sums', () => {
    expect(new Set(components(jointOf('dice')))).toEqual(new Set([0, 1, -1]));
  });
});
