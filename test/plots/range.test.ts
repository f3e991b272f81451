import { expect, test } from 'vitest';
import { rangeOf } from '../../src/plots/range.ts';

test('the range of runs goes from the lowest to the highest, and is nothing without runs', () => {
  expect(rangeOf([3, 1, 5])).toEqual({ mean: 3, low: 1, high: 5 });
  expect(rangeOf([5])).toEqual({ mean: 5, low: 5, high: 5 });
  expect(rangeOf([]).mean).toBeNaN();
});
