import { describe, expect, test } from 'vitest';
import { differenceOf, spreadWithin, studentT } from '../../src/claims/spread.ts';

describe('the points of Student’s t', () => {
  test.each([
    [1, 12.7062],
    [2, 4.3027],
    [10, 2.2281],
    [11, 2.20099],
    [15, 2.13145],
    [30, 2.04227],
    [120, 1.97993],
  ])('with %d degrees of freedom are those of the tables', (degrees, point) => {
    expect(Math.abs(studentT(degrees) - point)).toBeLessThan(5e-4);
  });

  test('are refused without a degree of freedom', () => {
    expect(() => studentT(0)).toThrow('1 degree of freedom or more');
  });
});

test('the spread within groups takes the groups’ means out and counts what is left', () => {
  // Squares: 2 * 1 + 2 * 4 = 10 over 4 - 2 degrees of freedom; the single run adds nothing.
  expect(spreadWithin([[1, 3], [10, 14], [100]])).toEqual({ deviation: Math.sqrt(5), degrees: 2 });
  expect(spreadWithin([[1], [2]]).degrees).toBe(0);
});

test('a difference has an interval from the spread within, and an endless one without it', () => {
  const { mean, low, high } = differenceOf([4, 6], [1, 3], { deviation: 2, degrees: 10 });
  expect(mean).toBe(3);
  expect(high - mean).toBeCloseTo(2.228 * 2, 6);
  expect(mean - low).toBeCloseTo(2.228 * 2, 6);
  expect(differenceOf([4], [1], spreadWithin([[4], [1]]))).toEqual({
    mean: 3,
    error: Number.POSITIVE_INFINITY,
    low: -Infinity,
    high: Infinity,
  });
});
