import { expect, test } from 'vitest';
import { judgeClaims } from '../../src/claims/claim.ts';
import { DIMENSION_CLAIMS, type DimensionEvidence } from '../../src/dimension/claims.ts';
import type { PredictionRow, ProblemBudgetRow, ProblemRow } from '../../src/dimension/tables.ts';

const problem = (
  name: string,
  d99: number,
  dExact: number,
  more: Partial<ProblemRow> = {},
): ProblemRow => ({
  problem: name,
  d90: d99,
  d99,
  dExact,
  items: 27,
  queries: 100,
  distinctSets: 50,
  meanSet: 3,
  largestSet: 3,
  meanDegree: 5,
  largestDegree: 9,
  jaccard: 0.1,
  sharing: 0.2,
  forster: 2,
  lower: 1,
  upper: 10,
  ...more,
});

const prediction = (predictor: string, familyFactor: number): PredictionRow => ({
  predictor,
  target: 'd99',
  problems: 40,
  factor: familyFactor,
  familyFactor,
  correlation: 0.9,
  familyCorrelation: 0.9,
});

const budget = (
  d: number,
  bits: number,
  pieces: number,
  rounding: string,
  recall: number,
): ProblemBudgetRow => ({
  problem: 'p',
  d,
  bits,
  pieces,
  rounding,
  recallFitted: recall,
  recall,
  recallError: 0,
  ndcg: recall,
  kl: 0,
});

/** Recall that rises with the numbers and little with their bits: one bit wins at equal bits. */
const BUDGETS = [1, 2, 4, 8, 16, 32, 64, 128].flatMap((d) => [
  budget(d, 1, 1, 'post-training', d / 200),
  budget(d, 1, 1, 'straight-through', d / 200 + 0.02),
  budget(d, 8, 1, 'post-training', d / 190),
  budget(d, 32, 1, 'none', d / 180),
  budget(d, 32, 2, 'none', d / 180 + 0.05),
]);

const GOOD: DimensionEvidence = {
  problems: [
    problem('planted-100-8', 8, 8),
    problem('game-shatter-27', 20, 26, { upper: 26 }),
    problem('game-shatter-9', 8, 8, { items: 9 }),
    problem('game-star-27', 5, 6),
    problem('game-star-9', 4, 4, { items: 9 }),
    problem('game-set-27', 2, 2),
    problem('windows-32-4', 3, 2),
    problem('limit-46', 14, 4),
    problem('subsets-12-3', 9, 6),
  ],
  predictions: [prediction('combined', 1.3), prediction('rank', 1.4)],
  budgets: BUDGETS,
};

const verdict = (name: string, evidence: DimensionEvidence) =>
  judgeClaims(DIMENSION_CLAIMS, evidence, 'test').find(({ claim }) => claim === name)?.verdict;

test('all claims hold on evidence for them', () => {
  const judged = judgeClaims(DIMENSION_CLAIMS, GOOD, 'test');
  expect(judged.filter((claim) => claim.verdict !== 'holds')).toEqual([]);
});

test('none is decided by nothing', () => {
  const judged = judgeClaims(
    DIMENSION_CLAIMS,
    { problems: [], predictions: [], budgets: [] },
    'test',
  );
  expect(new Set(judged.map((claim) => claim.verdict))).toEqual(new Set(['undecided']));
});

test.each([
  ['planted-dimension-is-found', problem('planted-100-8', 12, 12)],
  ['nothing-below-the-proven-bound', problem('limit-8', 4, 2, { lower: 3 })],
  ['proven-dimension-is-found', problem('limit-8', 4, 5, { upper: 4 })],
  ['shatter-needs-the-simplex', problem('game-shatter-9', 5, 6, { items: 9 })],
  ['star-needs-a-product-of-simplices', problem('game-star-27', 7, 7)],
  ['single-items-need-a-polygon', problem('subsets-16-1', 3, 3)],
  ['two-k-dimensions-are-found', problem('limit-46', 14, 7)],
  ['free-lengths-need-no-more-than-unit-lengths', problem('limit-46', 14, 13)],
])('%s fails on a problem against it', (name, row) => {
  expect(verdict(name, { ...GOOD, problems: [row] })).toBe('fails');
});

test.each([
  ['judgements-predict-the-dimension', { predictions: [prediction('combined', 1.6)] }],
  ['rank-predicts-the-dimension', { predictions: [prediction('rank', 2)] }],
  [
    'many-coarse-numbers-beat-few-fine-ones',
    { budgets: BUDGETS.map((row) => (row.bits === 1 ? { ...row, recall: 0 } : row)) },
  ],
  [
    'rounding-while-fitting-helps',
    { budgets: BUDGETS.map((row) => ({ ...row, recall: row.d / 200 })) },
  ],
  [
    'several-vectors-beat-one-at-equal-floats',
    { budgets: BUDGETS.map((row) => ({ ...row, recall: row.d / 200 })) },
  ],
])('%s fails on evidence against it', (name, changes) => {
  expect(verdict(name, { ...GOOD, ...changes })).toBe('fails');
});
