import { describe, expect, test } from 'vitest';
import { rowsOf } from '../../../src/pages/data/claim-rows.ts';
import { STUDY_CLAIMS } from '../../../src/study/evidence/claims.ts';
import { published } from '../../study/evidence/fixtures.ts';

const FLOOR = {
  deck: 27,
  game: 'shatter',
  dim: 8,
  theory: undefined,
  fittedSets: 9,
  heldOutSets: 9,
  fitted: { kl: 0.1, overlap: 0.9 },
  heldOut: { kl: 0.2, overlap: 0.8 },
  worstKl: 0.3,
};
const COUNTS = [20.8, 22.8].map((log2Subsets, i) => ({
  deck: 27,
  game: ['union', 'symdiff'][i],
  operators: ['union', 'both'][i],
  pairs: 5,
  log2Subsets,
}));
const EVIDENCE = { runs: published(), floors: [FLOOR, { ...FLOOR, game: 'set' }], counts: COUNTS };

function rowsFor(name: string) {
  const claim = STUDY_CLAIMS.find((one) => one.name === name);
  if (claim === undefined) throw new Error(`no claim is called ${name}`);
  return rowsOf(claim, EVIDENCE);
}

describe('the rows behind a claim', () => {
  test('are those of its game, and the columns that its rule reads', () => {
    const { runs, floors, counts } = rowsFor('union-entropy-rises');
    expect(runs.columns).toEqual(['entropy']);
    // Two seeds of seven contrastive models.
    expect(runs.rows).toEqual(
      EVIDENCE.runs.filter(({ game, dim }) => game === 'union' && dim !== undefined),
    );
    expect([floors.rows, counts.rows]).toEqual([[], []]);
  });

  test('are floors and runs where both are compared', () => {
    const { runs, floors } = rowsFor('no-model-below-floor');
    expect(floors.rows).toEqual(EVIDENCE.floors);
    expect(floors.columns).toEqual(['fitted']);
    expect(new Set(runs.rows.map(({ dim }) => dim))).toEqual(new Set([8]));
    expect(runs.columns).toEqual(['kl', 'overlap']);
  });

  test('are the one count that the statement is about', () => {
    const { runs, counts } = rowsFor('symdiff-subsets');
    expect(counts.rows).toEqual([COUNTS[1]]);
    expect(counts.columns).toEqual(['log2Subsets']);
    expect(runs.rows).toEqual([]);
  });
});
