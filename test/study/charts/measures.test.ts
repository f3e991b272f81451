import { expect, test } from 'vitest';
import { barOf, describeSeeds, guessOf, KL, OVERLAP } from '../../../src/study/charts/measures.ts';
import { runs } from './fixtures.ts';

test('a bar spans all runs up to four, and the 95 % interval of the mean from five on', () => {
  expect(barOf([1, 2, 6])).toEqual({ mean: 3, low: 1, high: 6 });
  // Standard deviation √2.5 of 1 to 5, t = 2.776 with four degrees of freedom.
  const { mean, low, high } = barOf([1, 2, 3, 4, 5]);
  expect(mean).toBe(3);
  expect(high - mean).toBeCloseTo((2.776 * Math.sqrt(2.5)) / Math.sqrt(5), 3);
  expect(mean - low).toBeCloseTo(high - mean, 10);
  expect(describeSeeds(4)).toContain('range');
  expect(describeSeeds(5)).toContain('95 %');
});

test('the uniform guess has KL log K less the mean log n, and as much overlap as keys are true', () => {
  // Two queries with 1 and 9 of 27 true keys.
  const of = runs(1, () => ({ deck: 27, trueEntropy: Math.log(9) / 2, trueKeys: 5 }));
  expect(guessOf(of, KL)).toBeCloseTo((Math.log(27) + Math.log(3)) / 2, 10);
  expect(guessOf(of, OVERLAP)).toBeCloseTo(5 / 27, 10);
});
