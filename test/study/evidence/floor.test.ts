import { describe, expect, test } from 'vitest';
import { judgeClaims } from '../../../src/claims/claim.ts';
import { FLOOR_CLAIMS } from '../../../src/study/evidence/floor.ts';
import type { GameFloor } from '../../../src/study/floor/table.ts';
import { published } from './fixtures.ts';

describe('the floor', () => {
  const floor = (kl: number, overlap: number): GameFloor => ({
    deck: 27,
    game: 'union',
    dim: 4,
    theory: undefined,
    fitted: { kl, overlap },
    heldOut: { kl, overlap },
    worstKl: kl,
    fittedSets: 10,
    heldOutSets: 10,
  });
  const judgeAgainst = (floors: readonly GameFloor[]) =>
    judgeClaims(FLOOR_CLAIMS, { runs: published(), counts: [], floors }, 'p')[0];

  test('is above no model: KL 0.7 and overlap 0.65 of d = 4 on union', () => {
    expect(judgeAgainst([floor(0.5, 0.75)])).toMatchObject({ verdict: 'holds' });
    expect(judgeAgainst([floor(0.5, 0.75)]).evidence).toContain('2 runs, 2 of them');
  });

  test.each([
    ['KL', 0.8, 0.9],
    ['overlap', 0.1, 0.5],
  ])('fails if one does better in %s', (_, kl, overlap) => {
    const { verdict, evidence } = judgeAgainst([floor(kl, overlap)]);
    expect(verdict).toBe('fails');
    expect(evidence).toContain('d = 4 on union');
  });

  test('is undecided where none was found', () => {
    expect(judgeAgainst([]).verdict).toBe('undecided');
  });
});
