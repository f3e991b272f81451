import { expect, test } from 'vitest';
import { VC_DIMENSION_CLAIMS } from '../../../src/studies/vc-dimension/claims.ts';
import { vcDimensions } from '../../../src/studies/vc-dimension/experiment.ts';
import type { LabelingRow } from '../../../src/studies/vc-dimension/tables.ts';
import { verdicts } from '../verdicts.ts';

test('each claim holds on counts by the formula and fails on others', () => {
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
    Object.values(
      verdicts(VC_DIMENSION_CLAIMS, { labelings, vcDimensions: vcDimensions(labelings) }),
    );
  expect(judge(good)).toEqual(['holds', 'holds', 'holds']);
  const bad = [row(1, 2, 'all'), row(2, 4, 'all'), row(3, 2, 'all'), row(8, 30, 'random')];
  expect(judge(bad)).toEqual(['fails', 'fails', 'fails']);
});
