import { expect, test } from 'vitest';
import type { LowRankRow } from '../../../src/studies/low-rank/tables.ts';
import { thresholdsOf } from '../../../src/studies/low-rank/thresholds.ts';

test('a threshold is a dimension from which on all larger ones are exact, not one that happened to be', () => {
  const row = (d: number, accuracy: number, kl: number, svdRounded: number): LowRankRow => ({
    attributes: 2,
    values: 3,
    keys: 9,
    queries: 6,
    rank: 5,
    d,
    accuracy,
    bestAccuracy: accuracy,
    overlap: 0,
    kl,
    svdAccuracy: 0,
    svdRounded,
    svdResidual: 0,
  });
  const rows = [
    row(3, 0.5, 0.2, 0.9),
    row(1, 1, 0.5, 0.5),
    row(2, 0.2, 0.005, 1),
    row(4, 1, 0.001, 0.99),
    row(5, 1, 0.001, 0.99),
  ];
  expect(thresholdsOf(rows)).toEqual([
    { attributes: 2, values: 3, rank: 5, firstExact: 1, alwaysExact: 4, predicts: 4 },
  ]);
});
