import { expect, test } from 'vitest';
import { INFONCE_CLAIMS } from '../../../src/studies/infonce/claims.ts';
import { DATA_SETS } from '../../../src/studies/infonce/joints.ts';
import { OBJECTIVES } from '../../../src/studies/infonce/objectives.ts';
import type {
  InfonceEvidence,
  MeasureRow,
  PlaceRow,
  WordRow,
} from '../../../src/studies/infonce/tables.ts';
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

/** What is said of a name, by the likelihood and by both scores that identify it. */
const place = (name: string, conditional: number, score: number): PlaceRow => ({
  name,
  seed: 1,
  conditional,
  corrected: score,
  learnedRatio: score,
  ratio: score,
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
          cells: 100,
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
  places: [
    place('new york', 0.8, 1.6),
    place('new zealand', 0.08, 1.6),
    place('new england', 0.04, 1.5),
    place('new diego', 0, 0.01),
    place('new angeles', 0, 0),
  ],
};

test('every claim holds on the published results and fails on contrary ones', () => {
  for (const verdict of Object.values(verdicts(INFONCE_CLAIMS, PUBLISHED))) {
    expect(verdict).toBe('holds');
  }
  const contrary: InfonceEvidence = {
    ...PUBLISHED,
    measures: PUBLISHED.measures.map((row) => ({
      ...row,
      klJoint: 100,
      klJointAligned: 1 - row.klJointAligned,
      klRatioAligned: 1,
      accuracyRaw: 0.7,
    })),
    words: [word('york', 0.1, 0.3), word('house', 0.9, 0.7)],
    places: PUBLISHED.places.map((row) => ({
      ...row,
      conditional: 0.2,
      corrected: row.conditional,
      learnedRatio: row.conditional,
    })),
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
