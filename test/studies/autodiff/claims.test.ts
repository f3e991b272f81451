import { expect, test } from 'vitest';
import { AUTODIFF_CLAIMS, bestAccuracy } from '../../../src/studies/autodiff/claims.ts';
import type { AutodiffEvidence } from '../../../src/studies/autodiff/tables.ts';
import { verdicts } from '../verdicts.ts';

const EPSILONS = [1e-1, 1e-2, 1e-3, 1e-5];
const GOOD: AutodiffEvidence = {
  checks: EPSILONS.flatMap((epsilon) => [
    { operation: 'all together', difference: 'forward', epsilon, error: epsilon },
    { operation: 'all together', difference: 'central', epsilon, error: epsilon ** 2 },
  ]),
  steps: [{ step: 1, loss: 0.7, engineLoss: 0.7, difference: 1e-7, w1: 1, w2: 1, bias: 0 }],
  // The best line errs on 2.3 % at a distance of 2.
  points: Array.from({ length: 100 }, (_, i) => ({ x: 1, y: 1, own: 1, p: i < 2 ? 0.4 : 0.9 })),
  middle: [2, 0],
};

test('each claim holds on what is right and fails on what is not', () => {
  expect(Object.values(verdicts(AUTODIFF_CLAIMS, GOOD))).toEqual(Array(4).fill('holds'));
  const wrong: AutodiffEvidence = {
    ...GOOD,
    checks: GOOD.checks.map((row) => ({ ...row, error: 0.01 })),
    steps: GOOD.steps.map((row) => ({ ...row, engineLoss: 0.71 })),
    points: GOOD.points.map((row) => ({ ...row, own: 0 })),
  };
  expect(Object.values(verdicts(AUTODIFF_CLAIMS, wrong))).toEqual(Array(4).fill('fails'));
  const nothing: AutodiffEvidence = { ...GOOD, checks: [], steps: [], points: [] };
  expect(Object.values(verdicts(AUTODIFF_CLAIMS, nothing))).toEqual(Array(4).fill('undecided'));
});

test('the best accuracy is the normal distribution function of the distance', () => {
  expect(bestAccuracy([0, 0])).toBe(0.5);
  expect(bestAccuracy([0.6, 0.8])).toBeCloseTo(0.8413447, 6);
  expect(bestAccuracy([0, 3])).toBeCloseTo(0.9986501, 6);
});
