import { describe, expect, test } from 'vitest';
import { upperTail, welchTest } from '../../src/claims/welch.ts';
import { fc } from '../properties.ts';

/** P(T > t) in closed form, for few degrees of freedom. */
const EXACT: Readonly<Record<number, (t: number) => number>> = {
  1: (t) => 0.5 - Math.atan(t) / Math.PI,
  2: (t) => 0.5 - t / (2 * Math.sqrt(2 + t * t)),
  4: (t) => {
    const s = 1 + (t * t) / 4;
    return 0.5 - ((3 / 8) * t * (1 - (t * t) / (12 * s))) / Math.sqrt(s);
  },
};

describe('the tail of Student’s distribution', () => {
  test.each([1, 2, 4])('is exact with %i degrees of freedom', (degrees) => {
    for (const t of [-3, -0.4, 0, 0.4, 2, 6]) {
      const exact = EXACT[degrees](t);
      expect(upperTail(t, degrees) / exact).toBeCloseTo(1, 6);
    }
  });

  test('lies between those of the whole degrees around it, and has both sides', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 8, noNaN: true }), (t) => {
        expect(upperTail(t, 3.4)).toBeLessThan(upperTail(t, 3));
        expect(upperTail(t, 3.4)).toBeGreaterThan(upperTail(t, 4));
        expect(upperTail(t, 3.4) + upperTail(-t, 3.4)).toBeCloseTo(1, 9);
      }),
    );
  });
});

describe('Welch’s test', () => {
  test('is Student’s where both have as many values and vary alike', () => {
    const { difference, degrees, p } = welchTest([3, 4, 5], [1, 2, 3]);
    expect(difference).toBeCloseTo(2, 12);
    expect(degrees).toBeCloseTo(4, 12);
    expect(p).toBeCloseTo(EXACT[4](2 / Math.sqrt(2 / 3)), 9);
  });

  test('counts the degrees of freedom of the sample that varies where the other does not', () => {
    expect(welchTest([3, 4, 5], [1, 1, 1, 1, 1, 1]).degrees).toBeCloseTo(2, 12);
  });

  test('is certain of samples that do not vary, and needs two values', () => {
    expect(welchTest([2, 2], [1, 1]).p).toBe(0);
    expect(welchTest([1, 1], [1, 1]).p).toBe(1);
    expect(() => welchTest([1], [1, 2])).toThrow('a t-test needs two values of each, not 1 and 2');
  });
});
