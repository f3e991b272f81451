import { expect, test } from 'vitest';
import { LOW_RANK_CLAIMS } from '../../../src/studies/low-rank/claims.ts';
import type { LowRankRow } from '../../../src/studies/low-rank/tables.ts';
import { thresholdsOf } from '../../../src/studies/low-rank/thresholds.ts';
import { verdicts } from '../verdicts.ts';

test('each claim can hold and fail', () => {
  const row = (
    attributes: number,
    rank: number,
    d: number,
    accuracy: number,
    kl: number,
  ): LowRankRow => ({
    attributes,
    values: 3,
    keys: 0,
    queries: 0,
    rank,
    d,
    accuracy,
    bestAccuracy: accuracy,
    overlap: 0,
    kl,
    svdAccuracy: 0,
    svdRounded: 0,
    svdResidual: d === rank ? 0 : 0.5,
  });
  const judge = (rows: readonly LowRankRow[]) =>
    verdicts(LOW_RANK_CLAIMS, { rows, thresholds: thresholdsOf(rows) });
  const good = [row(2, 5, 3, 0.5, 1), row(2, 5, 4, 1, 0), row(2, 5, 5, 1, 0)];
  expect(Object.values(judge(good))).toEqual(Array(5).fill('holds'));
  const early = [row(2, 9, 3, 1, 0), row(2, 9, 4, 1, 0), row(2, 9, 9, 0.9, 0)];
  expect(judge(early)).toMatchObject({
    'rank-suffices': 'fails',
    'accuracy-needs-the-order-of-the-rank': 'fails',
    'predictions-need-the-order-of-the-rank': 'fails',
    'two-attributes-need-four-dimensions': 'fails',
  });
  const leaky = good.map((r) => ({ ...r, svdResidual: 0.1 }));
  expect(judge(leaky)['svd-is-exact-at-the-rank']).toBe('fails');
});
