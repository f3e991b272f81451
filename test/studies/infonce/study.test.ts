import { describe, expect, test } from 'vitest';
import { fitTable } from '../../../src/studies/infonce/fit.ts';
import {
  components,
  DATA_SETS,
  type Joint,
  jointOf,
  marginals,
  ratio,
} from '../../../src/studies/infonce/joints.ts';
import { accuracies, divergence, measure } from '../../../src/studies/infonce/measures.ts';
import { newYork } from '../../../src/studies/infonce/new-york.ts';
import { bestNext } from '../../../src/studies/infonce/tables.ts';

const joint = (p: readonly (readonly number[])[]): Joint => ({
  name: 'test',
  x: 'x',
  y: 'y',
  rows: p.map((_, i) => String(i)),
  columns: p[0].map((_, i) => String(i)),
  p: Float64Array.from(p.flat()),
});
const cell = ({ rows, columns, p }: Joint, x: string, y: string) =>
  p[rows.indexOf(x) * columns.length + columns.indexOf(y)];

describe('data sets', () => {
  test('every joint adds up to 1', () => {
    for (const name of DATA_SETS) {
      expect(jointOf(name, 1).p.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    }
  });

  test('the product has ratio 1 everywhere', () => {
    for (const value of ratio(jointOf('product', 1))) expect(value).toBeCloseTo(1, 10);
  });

  test('two dice: a sum of 7 is 4 + 3, 5 + 2 or 6 + 1, both ways', () => {
    const dice = jointOf('dice', 1);
    expect([dice.rows.length, dice.columns.length]).toEqual([11, 6]);
    for (const larger of ['4', '5', '6']) expect(cell(dice, '7', larger)).toBeCloseTo(2 / 36, 12);
    expect(cell(dice, '2', '1')).toBeCloseTo(1 / 36, 12);
    expect(cell(dice, '7', '3')).toBe(0);
  });

  test('births: 189 of them, the ages of the source', () => {
    const births = jointOf('birthwt', 1);
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
  test('a table of two blocks has two', () => {
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

  test('two dice have two: a sum of 2 has nothing in common with the others', () => {
    expect(new Set(components(jointOf('dice', 1)))).toEqual(new Set([0, 1, -1]));
  });
});

describe('measures', () => {
  const p = joint([
    [0.4, 0.1],
    [0.1, 0.4],
  ]);

  test('divergence is in nats, and counts the support only', () => {
    const half = Float64Array.of(0.5, 0.5);
    expect(divergence(Float64Array.of(1, 0), half)).toBeCloseTo(Math.log(2), 12);
  });

  test('a table of log p learned p; one of log ratios learned the ratio', () => {
    const joints = measure(p, p.p.map(Math.log));
    expect(joints.klJoint).toBeCloseTo(0, 12);
    const ratios = measure(jointOf('dependent', 1), ratio(jointOf('dependent', 1)).map(Math.log));
    expect(ratios.klRatio).toBeCloseTo(0, 12);
    expect(ratios.klCorrected).toBeCloseTo(0, 12);
    expect(ratios.klJoint).toBeGreaterThan(0.1);
  });

  test('aligned divergences forgive a factor per connected part, and nothing else', () => {
    const blocks = joint([
      [0.5, 0],
      [0, 0.5],
    ]);
    const { klJoint, klJointAligned, leak } = measure(blocks, Float64Array.of(3, -50, -50, 0));
    expect(klJoint).toBeGreaterThan(0.3);
    expect(klJointAligned).toBeCloseTo(0, 12);
    expect(leak).toBeLessThan(1e-20);
  });

  test('the best guess from the ratio needs the marginal', () => {
    const { raw, corrected, best } = accuracies(newYork(), ratio(newYork()).map(Math.log));
    expect(corrected).toBeCloseTo(best, 12);
    expect(raw).toBeLessThan(best);
    expect(bestNext(newYork(), ratio(newYork()).map(Math.log), 'new')).toEqual({
      raw: 'york',
      corrected: 'house',
    });
  });
});

describe('learning', () => {
  const dependent = jointOf('dependent', 1);
  const options = { steps: 500, batch: 500, learningRate: 0.1, seed: 1 };

  test('likelihood learns p(x, y), InfoNCE the ratio', async () => {
    const likelihood = await fitTable(dependent, { ...options, objective: 'likelihood' });
    expect(measure(dependent, likelihood).klJoint).toBeLessThan(1e-6);
    const infonce = measure(
      dependent,
      await fitTable(dependent, { ...options, objective: 'infonce' }),
    );
    expect(infonce.klRatio).toBeLessThan(0.005);
    expect(infonce.klJoint).toBeGreaterThan(0.1);
  });

  test('the same seed gives the same table', async () => {
    const twice = [1, 2].map(() =>
      fitTable(dependent, { ...options, steps: 20, objective: 'infonce' }),
    );
    const [first, second] = await Promise.all(twice);
    expect(first).toEqual(second);
  });
});
