import { describe, expect, test } from 'vitest';
import { predictionEntropy } from '../../../src/study/metrics/entropy.ts';
import { falseMass } from '../../../src/study/metrics/false-mass.ts';

// p = (1/2, 1/4, 1/8, 1/8)
const SCORES = [3, 2, 1, 1].map((power) => power * Math.LN2);

describe('entropy and false mass', () => {
  test('are those of a distribution worked by hand', () => {
    expect(predictionEntropy(SCORES)).toBeCloseTo(1.75 * Math.LN2, 12);
    expect(falseMass(SCORES, [1, 1, 0, 0])).toBeCloseTo(0.25, 12);
  });

  test('have the right extremes', () => {
    expect(predictionEntropy([1000, 0, -1000])).toBe(0);
    expect(predictionEntropy(new Array(27).fill(3))).toBeCloseTo(Math.log(27), 12);
    expect(falseMass([1, 2, 3], [1, 1, 1])).toBe(0);
  });
});
