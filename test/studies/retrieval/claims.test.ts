import { expect, test } from 'vitest';
import { PUBLISHED_CRITICAL_N } from '../../../src/claims/critical-n.ts';
import { RETRIEVAL_CLAIMS } from '../../../src/studies/retrieval/claims.ts';
import type { RetrievalEvidence } from '../../../src/studies/retrieval/tables.ts';
import { verdicts } from '../verdicts.ts';

const RETRIEVAL: RetrievalEvidence = {
  criticalN: [...PUBLISHED_CRITICAL_N].flatMap(([d, n]) => [
    { d, seed: 1, criticalN: n, largestN: n },
    { d, seed: 2, criticalN: n - 9, largestN: n - 8 },
  ]),
  limitSmall: [{ d: 4, seed: 1, n: 46, queries: 1000, steps: 10, loss: 1, accuracy: 0.3 }],
  cyclic: [{ m: 46, k: 2, dimension: 4, arithmetic: 'exact', subsets: 1081, realised: 1081 }],
};

test('each claim holds on the published results and fails on contrary ones', () => {
  expect(Object.values(verdicts(RETRIEVAL_CLAIMS, RETRIEVAL))).toEqual(Array(4).fill('holds'));
  const contrary: RetrievalEvidence = {
    criticalN: RETRIEVAL.criticalN.map((row) => ({ ...row, criticalN: 2 * row.d })),
    limitSmall: RETRIEVAL.limitSmall.map((run) => ({ ...run, accuracy: 1 })),
    cyclic: RETRIEVAL.cyclic.map((row) => ({ ...row, realised: row.realised - 1 })),
  };
  expect(Object.values(verdicts(RETRIEVAL_CLAIMS, contrary))).toEqual(Array(4).fill('fails'));
  expect(verdicts(RETRIEVAL_CLAIMS, { criticalN: [], limitSmall: [], cyclic: [] })).toMatchObject({
    'critical-n-as-published': 'undecided',
    'critical-n-follows-the-fit': 'undecided',
    'cyclic-polytope-realises-all': 'undecided',
    'training-needs-more-than-geometry': 'undecided',
  });
});
