import { describe, expect, test } from 'vitest';
import { meanOf, meanWhere } from '../../../src/study/metrics/aggregates.ts';

describe('aggregates', () => {
  test('give the mean and its standard error', () => {
    expect(meanOf([1, 2, 3, 4])).toEqual({
      mean: 2.5,
      standardError: Math.sqrt(5 / 3 / 4),
    });
    expect(meanOf([7])).toEqual({ mean: 7, standardError: 0 });
    expect(() => meanOf([])).toThrow(RangeError);
  });

  test('average over the queries with some number of true keys, if there are any', () => {
    expect(meanWhere([1, 2, 3, 4], [9, 10, 20, 21], 10, 20)).toBe(2.5);
    expect(meanWhere([1, 2], [3, 4], 10, 20)).toBeNull();
  });
});
