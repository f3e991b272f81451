import { expect, test } from 'vitest';
import { type Claim, judgeClaims, type Verdict } from '../../src/claims/claim.ts';
import { LOW_RANK_CLAIMS } from '../../src/studies/low-rank/claims.ts';
import type { LowRankRow } from '../../src/studies/low-rank/tables.ts';
import { thresholds } from '../../src/studies/low-rank/thresholds.ts';
import { RANK_CLAIMS } from '../../src/studies/rank/claims.ts';
import type { RankProof, RankRow } from '../../src/studies/rank/tables.ts';
import { RETRIEVAL_CLAIMS, type RetrievalEvidence } from '../../src/studies/retrieval/claims.ts';
import { PUBLISHED_CRITICAL_N } from '../../src/studies/retrieval/published.ts';
import { SEPARABILITY_CLAIMS } from '../../src/studies/vc-dimension/claims.ts';
import type { LabelingRow } from '../../src/studies/vc-dimension/tables.ts';
import { vcDimensions } from '../../src/studies/vc-dimension/tables.ts';

/** Verdict of each claim, by name. */
function verdicts<E>(claims: readonly Claim<E>[], evidence: E): Readonly<Record<string, Verdict>> {
  return Object.fromEntries(
    judgeClaims(claims, evidence, 'test').map(({ claim, verdict }) => [claim, verdict]),
  );
}

const PUBLISHED_RANKS = [
  [2, 3, 5],
  [2, 5, 9],
  [2, 6, 11],
  [2, 7, 13],
  [2, 8, 15],
  [3, 3, 19],
  [4, 3, 65],
];

test('rank: the published ranks, SET and the formula can each fail', () => {
  const ranks = [...PUBLISHED_RANKS, [3, 3, 27]].map(
    ([attributes, values, rank], i): RankRow => ({
      game: i === 7 ? 'set' : 'shared',
      attributes,
      values,
      queries: 0,
      keys: values ** attributes,
      rank,
    }),
  );
  const proofs = ranks.map(
    ({ game, attributes, values, rank }): RankProof => ({
      game,
      attributes,
      values,
      distinctColumns: 0,
      prime: 7,
      annihilators: 0,
      lower: rank,
      upper: rank,
      closedForm: rank,
    }),
  );
  const good = { ranks, proofs };
  expect(verdicts(RANK_CLAIMS, good)).toEqual({
    'ranks-as-published': 'holds',
    'set-has-full-rank': 'holds',
    'rank-in-closed-form': 'holds',
  });
  const wrong = ranks.map((row) => ({ ...row, rank: row.rank - 1 }));
  expect(Object.values(verdicts(RANK_CLAIMS, { ...good, ranks: wrong }))).toEqual([
    'fails',
    'fails',
    'fails',
  ]);
  expect(verdicts(RANK_CLAIMS, { ranks: ranks.slice(1), proofs: [] })).toMatchObject({
    'ranks-as-published': 'undecided',
    'rank-in-closed-form': 'fails',
  });
});

const RETRIEVAL: RetrievalEvidence = {
  critical: [...PUBLISHED_CRITICAL_N].flatMap(([d, n]) => [
    { d, seed: 1, criticalN: n },
    { d, seed: 2, criticalN: n - 9 },
  ]),
  small: [{ d: 4, seed: 1, n: 46, queries: 1000, steps: 10, loss: 1, accuracy: 0.3 }],
  cyclic: [{ m: 46, k: 2, dimension: 4, arithmetic: 'exact', subsets: 1081, realised: 1081 }],
};

test('retrieval: each claim holds on what was published and fails on the contrary', () => {
  expect(Object.values(verdicts(RETRIEVAL_CLAIMS, RETRIEVAL))).toEqual(Array(4).fill('holds'));
  const contrary: RetrievalEvidence = {
    critical: RETRIEVAL.critical.map((row) => ({ ...row, criticalN: 2 * row.d })),
    small: RETRIEVAL.small.map((run) => ({ ...run, accuracy: 1 })),
    cyclic: RETRIEVAL.cyclic.map((row) => ({ ...row, realised: row.realised - 1 })),
  };
  expect(Object.values(verdicts(RETRIEVAL_CLAIMS, contrary))).toEqual(Array(4).fill('fails'));
  expect(verdicts(RETRIEVAL_CLAIMS, { critical: [], small: [], cyclic: [] })).toMatchObject({
    'critical-n-as-published': 'undecided',
    'critical-n-follows-the-fit': 'undecided',
    'cyclic-polytope-realises-all': 'undecided',
    'training-needs-more-than-geometry': 'undecided',
  });
});

test('VC dimension: counts that miss the formula fail', () => {
  const row = (n: number, separable: number, labelings: 'all' | 'random'): LabelingRow => ({
    d: 1,
    bias: 'without',
    n,
    seed: 1,
    labelings,
    tried: 2 ** n,
    separable,
    cover: 2 / 2 ** n,
  });
  const good = [row(1, 2, 'all'), row(2, 2, 'all'), row(8, 3, 'random')];
  const judge = (labelings: readonly LabelingRow[]) =>
    Object.values(verdicts(SEPARABILITY_CLAIMS, { labelings, vc: vcDimensions(labelings) }));
  expect(judge(good)).toEqual(['holds', 'holds', 'holds']);
  const bad = [row(1, 2, 'all'), row(2, 4, 'all'), row(3, 2, 'all'), row(8, 30, 'random')];
  expect(judge(bad)).toEqual(['fails', 'fails', 'fails']);
});

test('low rank: what needs the order of the rank, and what does not', () => {
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
    verdicts(LOW_RANK_CLAIMS, { rows, thresholds: thresholds(rows) });
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
