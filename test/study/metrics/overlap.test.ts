import { describe, expect, test } from 'vitest';
import { topKOverlap } from '../../../src/study/metrics/overlap.ts';
import { fc } from '../../properties.ts';

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) =>
    permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  );
}

describe('Top-K overlap', () => {
  test('is the share of the K best that are true', () => {
    expect(topKOverlap([9, 8, 7, 6, 5], [1, 0, 1, 0, 1])).toBeCloseTo(2 / 3, 12);
    expect(topKOverlap([9, 8, 7, 6, 5], [0, 0, 0, 1, 1])).toBe(0);
    expect(topKOverlap([9, 8, 7, 6, 5], [1, 1, 1, 0, 0])).toBe(1);
  });

  test('is the expectation over random tie-breaking', () => {
    // Place 1 is sure and true; places 2 and 3 come from four tied keys, one of them true.
    expect(topKOverlap([9, 5, 5, 5, 5, 1], [1, 1, 0, 0, 0, 1])).toBeCloseTo(
      (1 + (2 * 1) / 4) / 3,
      12,
    );
  });

  test('is K / n for equal scores, whatever the order of the keys', () => {
    expect(topKOverlap([2, 2, 2, 2], [1, 0, 0, 0])).toBe(0.25);
    expect(topKOverlap([2, 2, 2, 2], [0, 0, 0, 1])).toBe(0.25);
  });

  test('is the mean of what drawn tie-breaks give', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.boolean()), {
          minLength: 1,
          maxLength: 6,
        }),
        (pairs) => {
          const scores = pairs.map(([score]) => score);
          const isTrue = pairs.map(([, truth], i) => Number(truth || i === 0));
          const K = isTrue.reduce((a, b) => a + b, 0);
          const orders = permutations(scores.map((_, i) => i)).filter((order) =>
            order.every((key, i) => i === 0 || scores[order[i - 1]] >= scores[key]),
          );
          const overlaps = orders.map(
            (order) => order.slice(0, K).reduce((sum, key) => sum + isTrue[key], 0) / K,
          );
          const mean = overlaps.reduce((a, b) => a + b, 0) / overlaps.length;
          expect(topKOverlap(scores, isTrue)).toBeCloseTo(mean, 10);
        },
      ),
      { numRuns: 50 },
    );
  });
});
