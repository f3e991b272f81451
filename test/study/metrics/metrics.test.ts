import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanOf, meanWhere } from '../../../src/study/metrics/aggregates.ts';
import { predictionEntropy } from '../../../src/study/metrics/entropy.ts';
import { falseMass } from '../../../src/study/metrics/false-mass.ts';
import { klDivergence } from '../../../src/study/metrics/kl.ts';
import { topKOverlap } from '../../../src/study/metrics/overlap.ts';
import { queryMetrics } from '../../../src/study/metrics/per-query.ts';

// p = (1/2, 1/4, 1/8, 1/8)
const SCORES = [3, 2, 1, 1].map((power) => power * Math.LN2);

describe('KL', () => {
  it('is that of the definition on a distribution worked by hand', () => {
    // True keys 0 and 1: 1/2 log(1/2 / 1/2) + 1/2 log(1/2 / 1/4) = 1/2 log 2
    expect(klDivergence(SCORES, [1, 1, 0, 0])).toBeCloseTo(0.5 * Math.LN2, 12);
    // One true key: -log p
    expect(klDivergence(SCORES, [0, 0, 0, 1])).toBeCloseTo(3 * Math.LN2, 12);
  });

  it('is 0 for a uniform prediction over exactly the true keys and log(K / n) for one over all', () => {
    expect(klDivergence([900, -900, 900], [1, 0, 1])).toBeCloseTo(0, 12);
    expect(klDivergence([5, 5, 5, 5], [1, 0, 0, 0])).toBeCloseTo(Math.log(4), 12);
  });

  it('is never negative and does not change when all scores move together', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ min: -50, max: 50, noNaN: true }), fc.boolean()), {
          minLength: 1,
          maxLength: 30,
        }),
        fc.double({ min: -100, max: 100, noNaN: true }),
        (pairs, shift) => {
          const scores = pairs.map(([score]) => score);
          const isTrue = pairs.map(([, truth], i) => Number(truth || i === 0));
          const kl = klDivergence(scores, isTrue);
          expect(kl).toBeGreaterThanOrEqual(-1e-9);
          expect(
            klDivergence(
              scores.map((s) => s + shift),
              isTrue,
            ),
          ).toBeCloseTo(kl, 8);
        },
      ),
    );
  });
});

describe('Top-K overlap', () => {
  it('is the share of the K best that are true', () => {
    expect(topKOverlap([9, 8, 7, 6, 5], [1, 0, 1, 0, 1])).toBeCloseTo(2 / 3, 12);
    expect(topKOverlap([9, 8, 7, 6, 5], [0, 0, 0, 1, 1])).toBe(0);
    expect(topKOverlap([9, 8, 7, 6, 5], [1, 1, 1, 0, 0])).toBe(1);
  });

  it('is the expectation over random tie-breaking', () => {
    // Place 1 is sure and true; places 2 and 3 come from four tied keys, one of them true.
    expect(topKOverlap([9, 5, 5, 5, 5, 1], [1, 1, 0, 0, 0, 1])).toBeCloseTo(
      (1 + (2 * 1) / 4) / 3,
      12,
    );
  });

  it('is K / n for equal scores, whatever the order of the keys', () => {
    expect(topKOverlap([2, 2, 2, 2], [1, 0, 0, 0])).toBe(0.25);
    expect(topKOverlap([2, 2, 2, 2], [0, 0, 0, 1])).toBe(0.25);
  });

  it('is the mean of what drawn tie-breaks give', () => {
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

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) =>
    permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  );
}

describe('entropy and false mass', () => {
  it('are those of a distribution worked by hand', () => {
    expect(predictionEntropy(SCORES)).toBeCloseTo(1.75 * Math.LN2, 12);
    expect(falseMass(SCORES, [1, 1, 0, 0])).toBeCloseTo(0.25, 12);
  });

  it('have the right extremes', () => {
    expect(predictionEntropy([1000, 0, -1000])).toBe(0);
    expect(predictionEntropy(new Array(27).fill(3))).toBeCloseTo(Math.log(27), 12);
    expect(falseMass([1, 2, 3], [1, 1, 1])).toBe(0);
  });
});

describe('aggregates', () => {
  it('give the mean and its standard error', () => {
    expect(meanOf([1, 2, 3, 4])).toEqual({
      mean: 2.5,
      standardError: Math.sqrt(5 / 3 / 4),
    });
    expect(meanOf([7])).toEqual({ mean: 7, standardError: 0 });
    expect(() => meanOf([])).toThrow(RangeError);
  });

  it('average over the queries with some number of true keys, if there are any', () => {
    expect(meanWhere([1, 2, 3, 4], [9, 10, 20, 21], 10, 20)).toBe(2.5);
    expect(meanWhere([1, 2], [3, 4], 10, 20)).toBeNull();
  });

  it('collect the metrics of each query', () => {
    const scores = Float32Array.from([...SCORES, 0, 0, 0, 0]);
    const isTrue = Uint8Array.from([1, 1, 0, 0, 1, 0, 0, 0]);
    const { trueKeys, kl, overlap, falseMass: mass } = queryMetrics(scores, isTrue, 2, 4);
    expect([...trueKeys]).toEqual([2, 1]);
    expect(kl[0]).toBeCloseTo(0.5 * Math.LN2, 6);
    expect(kl[1]).toBeCloseTo(Math.log(4), 12);
    expect([...overlap]).toEqual([1, 0.25]);
    expect(mass[1]).toBeCloseTo(0.75, 12);
  });
});
