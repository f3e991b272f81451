import { Matrix, SingularValueDecomposition } from 'ml-matrix';
import { expect, test } from 'vitest';
import {
  denseRows,
  type Judgements,
  judgementsOf,
  queryCount,
} from '../../../src/dimension/judgements/judgements.ts';
import {
  countingBound,
  forsterBound,
  signChangeBound,
} from '../../../src/dimension/predictors/bounds.ts';
import { distinctSets } from '../../../src/dimension/predictors/distinct.ts';
import { gamma2 } from '../../../src/dimension/predictors/gamma2.ts';
import { gramOf } from '../../../src/dimension/predictors/gram.ts';
import { overlapOf } from '../../../src/dimension/predictors/overlap.ts';
import { predictorsOf } from '../../../src/dimension/predictors/predictors.ts';
import { rankModulo, rankWithOnes } from '../../../src/dimension/predictors/rank.ts';
import { problemOf, subsetsOf } from '../../../src/dimension/problems/problems.ts';
import { effectiveRank, numericalRank, spectrumOf } from '../../../src/study/metrics/spectrum.ts';
import { fc } from '../../properties.ts';

const singles = (n: number) => judgementsOf(n, subsetsOf(n, 1));

/** Rows of Sylvester's Hadamard matrix of 2^k, 1 as relevant: signs of full rank and least norm. */
function hadamard(k: number): Judgements {
  const n = 2 ** k;
  const parity = (x: number) => x.toString(2).replaceAll('0', '').length % 2;
  return judgementsOf(
    n,
    Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (_, j) => j).filter((j) => parity(i & j) === 0),
    ),
  );
}

const anySets = fc.integer({ min: 2, max: 7 }).chain((items) =>
  fc
    .array(fc.uniqueArray(fc.nat({ max: items - 1 }), { minLength: 1 }), {
      minLength: 1,
      maxLength: 30,
    })
    .map((sets) => distinctSets(judgementsOf(items, sets))),
);

const svd = (sets: Judgements, ones = false) => {
  const rows = queryCount(sets);
  const data = Array.from(denseRows(sets, 0, rows));
  const all = ones ? [...data, ...new Array<number>(sets.items).fill(1)] : data;
  const matrix = Matrix.from1DArray(all.length / sets.items, sets.items, all);
  return new SingularValueDecomposition(matrix, { autoTranspose: true });
};

test('the rank modulo a prime is the numerical one of an independent decomposition', () => {
  fc.assert(
    fc.property(anySets, (sets) => {
      expect(rankWithOnes(sets)).toBe(svd(sets, true).rank);
    }),
  );
});

test('ranks that are known', () => {
  // Up to a constant per query, n single items are a simplex of n - 1 dimensions.
  expect(rankWithOnes(singles(9)) - 1).toBe(8);
  // Pairs of cards of 3 attributes of 3 values: v^A - (v - 1)^A = 19, and the constant is among them.
  expect(predictorsOf(problemOf('deck-3-3')).numericalRank).toBe(19);
  expect(rankModulo([Int32Array.of(2, 4), Int32Array.of(1, 2), Int32Array.of(0, 5)])).toBe(2);
});

test('singular values are those of an independent decomposition', () => {
  fc.assert(
    fc.property(anySets, (sets) => {
      const { values } = spectrumOf(gramOf(sets));
      const expected = svd(sets).diagonal.sort((a, b) => b - a);
      for (let i = 0; i < values.length; i++) expect(values[i]).toBeCloseTo(expected[i] ?? 0, 5);
      expect(numericalRank({ values })).toBe(svd(sets).rank);
    }),
  );
});

test('the effective rank counts equal directions, and little of small ones', () => {
  expect(effectiveRank({ values: Float64Array.of(3, 3, 3, 3, 0) })).toBeCloseTo(4, 12);
  expect(effectiveRank({ values: Float64Array.of(1, 1e-9) })).toBeCloseTo(1, 5);
  expect(effectiveRank(spectrumOf(gramOf(singles(6))))).toBeCloseTo(6, 9);
});

test('γ₂ where it is known', () => {
  // Hadamard: √n (Linial et al. 2007). Signs of one rank: 1.
  for (const k of [1, 2, 3]) {
    const { lower, upper } = gamma2(hadamard(k), 50);
    expect(lower).toBeCloseTo(2 ** (k / 2), 6);
    expect(upper).toBeCloseTo(2 ** (k / 2), 6);
  }
  const { lower, upper } = gamma2(
    judgementsOf(4, [
      [0, 1],
      [2, 3],
    ]),
    50,
  );
  expect([lower, upper].map((x) => Number(x.toFixed(3)))).toEqual([1, 1]);
  // 2 I - J of n: by symmetry of unit weights, trace norm (n - 2) + 2 (n - 1) over n.
  const identity = gamma2(singles(6), 50);
  expect(identity.lower).toBeCloseTo((4 + 10) / 6, 6);
  expect(identity.upper).toBeCloseTo((4 + 10) / 6, 6);
});

test('the bounds of γ₂ are in order, and at most √ of the smaller side', () => {
  fc.assert(
    fc.property(anySets, (sets) => {
      const { lower, upper } = gamma2(sets, 30);
      expect(lower).toBeGreaterThan(1 - 1e-6);
      expect(lower).toBeLessThan(upper * (1 + 1e-6));
      expect(upper).toBeLessThanOrEqual(Math.sqrt(Math.min(queryCount(sets), sets.items)) + 1e-9);
    }),
  );
});

test("Forster's bound is √n on Hadamard matrices", () => {
  expect(forsterBound(hadamard(4))).toBeCloseTo(4, 5);
});

test("Cover's count: all subsets of n items need n - 1 dimensions, n single items one at least", () => {
  for (const n of [3, 5, 9, 20]) expect(countingBound(n, 2 ** n - 1)).toBe(n - 1);
  expect(countingBound(10, 10)).toBe(1);
  // 2 (1 + 9) = 20 sets of 10 points on a line; one more needs the plane.
  expect(countingBound(10, 20)).toBe(1);
  expect(countingBound(10, 21)).toBe(2);
});

test('sign changes: neighbours on a circle need two, sets of k at most 2k, in any order of items', () => {
  expect(signChangeBound(problemOf('windows-32-4'))).toBe(2);
  for (const [n, k] of [
    [9, 1],
    [9, 2],
    [9, 3],
  ]) {
    expect(signChangeBound(judgementsOf(n, subsetsOf(n, k)))).toBe(2 * k);
  }
  // Intervals of a line whose points were renamed: the spectral order finds the line.
  const hidden = (i: number) => (i * 7) % 31;
  const intervals = judgementsOf(
    31,
    Array.from({ length: 27 }, (_, i) => [0, 1, 2, 3, 4].map((j) => hidden(i + j))),
  );
  expect(signChangeBound(intervals)).toBeLessThanOrEqual(2);
});

test('overlap by hand', () => {
  // Jaccard 1/3, 0, 1/2; two of three pairs share.
  const { jaccard, sharing } = overlapOf(judgementsOf(4, [[0, 1], [1, 2], [2]]));
  expect(jaccard).toBeCloseTo((1 / 3 + 0 + 1 / 2) / 3, 12);
  expect(sharing).toBeCloseTo(2 / 3, 12);
});

test('proven bounds are in order for any judgements', () => {
  fc.assert(
    fc.property(anySets, (sets) => {
      const { lower, upper } = predictorsOf(sets);
      expect(lower).toBeLessThanOrEqual(Math.max(upper, 1));
    }),
  );
});
