import { expect, test } from 'vitest';
import { ABLATION_CLAIMS } from '../../../src/studies/sequences/ablation-claims.ts';
import type { Change } from '../../../src/studies/sequences/tables.ts';
import { verdicts } from '../verdicts.ts';

/** Exact match that jumps from 0.1 to 0.99 at a step. */
const pointsTo = (at: number) =>
  Array.from({ length: 10 }, (_, i) => {
    const step = 100 * (i + 1);
    return { step, loss: 1, exactMatch: step >= at ? 0.99 : 0.1 };
  });

test('changes are compared by the steps that they need, and undecided if none gets there', () => {
  const changed = (change: Change, at: number) =>
    [1, 2].map((seed) => ({ change, seed, points: pointsTo(at) }));
  const judged = (at: number) =>
    verdicts(ABLATION_CLAIMS, {
      changes: [...changed('none', 500), ...changed('untied tables', at)],
    });
  expect(judged(700)['tied-tables']).toBe('holds');
  expect(judged(9999)['tied-tables']).toBe('holds');
  expect(judged(500)['tied-tables']).toBe('fails');
  expect(judged(700)['zeroed-output-projections']).toBe('undecided');
  const never = [...changed('none', 9999), ...changed('fixed order', 9999)];
  const unlearned = verdicts(ABLATION_CLAIMS, { changes: never });
  expect(unlearned['fixed-order-converges-sooner']).toBe('undecided');
});
