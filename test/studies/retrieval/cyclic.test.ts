import { expect, test } from 'vitest';
import {
  momentPoint,
  radonPartition,
  realiseExactly,
  realiseInFloat32,
  selectingQuery,
} from '../../../src/studies/retrieval/cyclic.ts';

test('the score on the moment curve is P(0)² - P(t)²', () => {
  const selected = [2n, 5n];
  const query = selectingQuery(selected, 4);
  // P(t)² = (t - 2)² (t - 5)² = t⁴ - 14 t³ + 69 t² - 140 t + 100
  expect(query).toEqual([140n, -69n, 14n, -1n]);
  for (let t = 0n; t < 9n; t++) {
    const score = momentPoint(t, 4).reduce((sum, x, i) => sum + x * query[i], 0n);
    expect(score).toBe(100n - ((t - 2n) * (t - 5n)) ** 2n);
  }
});

test.each([
  [9, 1, 9],
  [8, 2, 36],
  [7, 3, 63],
  [6, 4, 56],
])(
  'of %i documents every subset of up to %i is realised in twice as many dimensions',
  (m, k, subsets) => {
    expect(realiseExactly(m, k)).toEqual({ subsets, realised: subsets });
  },
);

test('32-bit floating point realises all pairs of few documents, but not of many', () => {
  expect(realiseInFloat32(20, 2)).toEqual({ subsets: 210, realised: 210 });
  const { subsets, realised } = realiseInFloat32(150, 2);
  expect(realised).toBeLessThan(subsets);
});

test('with one dimension less, k points cannot be ranked above k + 1 others', () => {
  expect(radonPartition(1)).toEqual({ smaller: [1], larger: [0, 2] });
  expect(radonPartition(2)).toEqual({ smaller: [1, 3], larger: [0, 2, 4] });
  expect(radonPartition(4).smaller).toEqual([1, 3, 5, 7]);
});
