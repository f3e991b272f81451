import { expect, test } from 'vitest';
import { LADDER_CLAIMS } from '../../../src/studies/ladder/claims.ts';
import {
  type LadderEvidence,
  RUNGS,
  type Rung,
  type RungRow,
  stepsOf,
} from '../../../src/studies/ladder/tables.ts';
import { verdicts } from '../verdicts.ts';

/** KL of every rung at a dimension, as expected of nine keys. */
function expected(rung: Rung, d: number): number {
  const geometry = Math.max(0, 0.1 * (8 - d));
  const objective = d === 9 ? 0 : 0.02;
  const added: Readonly<Record<Rung, number>> = {
    optimum: 0,
    'cross-entropy': 0.001,
    infonce: objective,
    encoder: objective + 0.01,
    half: objective + 0.02,
  };
  return geometry + added[rung];
}

function evidence(change: (row: RungRow) => Partial<RungRow> = () => ({})): LadderEvidence {
  const rungs = [2, 3, 4, 5, 6, 7, 8, 9].flatMap((d) =>
    [1, 2].flatMap((seed) =>
      RUNGS.map((rung): RungRow => {
        const row = { d, seed, rung, kl: expected(rung, d), overlap: 1 };
        return { ...row, ...change(row) };
      }),
    ),
  );
  return { keys: 9, rungs };
}

test('a ladder as expected holds every claim', () => {
  for (const [claim, verdict] of Object.entries(verdicts(LADDER_CLAIMS, evidence()))) {
    expect([claim, verdict]).toEqual([claim, 'holds']);
  }
});

test.each([
  [
    'cross-entropy stays above zero at d = 8',
    ({ rung, d }: RungRow) => (rung === 'cross-entropy' && d === 8 ? { kl: 0.02 } : {}),
    'cross-entropy-reaches-zero-one-below-the-keys',
  ],
  [
    'InfoNCE reaches zero at d = 8',
    ({ rung, d }: RungRow) => (rung === 'infonce' && d === 8 ? { kl: 0.001 } : {}),
    'infonce-not-quite-one-below-the-keys',
  ],
  [
    'five dimensions suffice',
    ({ rung, d }: RungRow) => (rung === 'optimum' && d === 5 ? { kl: 0.001 } : {}),
    'geometry-binds-below-one-less-than-the-keys',
  ],
  [
    'an encoder beats the optimum',
    ({ rung, d }: RungRow) => (rung === 'encoder' && d === 2 ? { kl: 0.5 } : {}),
    'no-encoder-below-the-optimum',
  ],
  [
    'generalisation is most of the error',
    ({ rung }: RungRow) => (rung === 'half' ? { kl: 3 } : {}),
    'narrow-models-fail-by-geometry',
  ],
] as const)('%s: its claim fails', (_, change, claim) => {
  expect(verdicts(LADDER_CLAIMS, evidence(change))[claim]).toBe('fails');
});

test('what the rungs add sums to the whole error', () => {
  const steps = stepsOf(evidence().rungs).filter(({ d, seed }) => d === 3 && seed === 1);
  expect(steps.map(({ rung }) => rung)).toEqual([...RUNGS]);
  expect(steps.reduce((sum, { added }) => sum + added, 0)).toBeCloseTo(expected('half', 3), 12);
});
