import { expect, test } from 'vitest';
import { INFONCE_CLAIMS } from '../../../src/studies/infonce/claims.ts';
import { DATA_SETS } from '../../../src/studies/infonce/joints.ts';
import { OBJECTIVES } from '../../../src/studies/infonce/objectives.ts';
import type { InfonceEvidence, MeasureRow, WordRow } from '../../../src/studies/infonce/tables.ts';
import { verdicts } from '../verdicts.ts';

/** A word that follows "new", with its f and f p(y). */
const word = (next: string, learned: number, corrected: number): WordRow => ({
  word: 'new',
  next,
  conditional: 0,
  ratio: 0,
  learned,
  corrected,
});

/** What the published statements describe: the likelihoods learn p, InfoNCE learns the ratio. */
const PUBLISHED: InfonceEvidence = {
  tables: [],
  measures: DATA_SETS.flatMap((data) =>
    OBJECTIVES.flatMap((objective) =>
      [1, 2].map((seed): MeasureRow => {
        const isRatio = objective === 'infonce';
        return {
          data,
          objective,
          seed,
          klJoint: isRatio ? 0.001 : 1e-7,
          klRatio: 0,
          klCorrected: 0,
          klJointAligned: isRatio ? 1 : 0,
          klRatioAligned: isRatio ? 0 : 1,
          leak: 0,
          accuracyRaw: 0.5,
          accuracyCorrected: 0.7,
          accuracyBest: 0.7,
        };
      }),
    ),
  ),
  words: [word('york', 0.9, 0.3), word('house', 0.1, 0.7)],
};

test('every claim holds on the published results and fails on contrary ones', () => {
  for (const verdict of Object.values(verdicts(INFONCE_CLAIMS, PUBLISHED))) {
    expect(verdict).toBe('holds');
  }
  const contrary: InfonceEvidence = {
    ...PUBLISHED,
    measures: PUBLISHED.measures.map((row) => ({
      ...row,
      klJoint: 1,
      klJointAligned: 1 - row.klJointAligned,
      klRatioAligned: 1,
      accuracyRaw: 0.7,
    })),
    words: [word('york', 0.1, 0.3), word('house', 0.9, 0.7)],
  };
  for (const [claim, verdict] of Object.entries(verdicts(INFONCE_CLAIMS, contrary))) {
    expect([claim, verdict]).toEqual([claim, 'fails']);
  }
});

test('seeds that disagree leave a claim undecided', () => {
  const measures = PUBLISHED.measures.map((row) => ({ ...row, klRatioAligned: row.seed - 1 }));
  expect(verdicts(INFONCE_CLAIMS, { ...PUBLISHED, measures })['infonce-learns-ratio']).toBe(
    'undecided',
  );
});
