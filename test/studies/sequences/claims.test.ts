import { expect, test } from 'vitest';
import { SEQUENCES_CLAIMS } from '../../../src/studies/sequences/claims.ts';
import type { SequenceRun, Variant } from '../../../src/studies/sequences/tables.ts';
import type { Task } from '../../../src/studies/sequences/tasks.ts';
import { fc } from '../../properties.ts';
import { verdicts } from '../verdicts.ts';

/** A run whose exact match jumps from 0.1 to 0.99 at a step. */
const run = (
  task: Task,
  variant: Variant,
  seed: number,
  at: number,
  steps = 4000,
): SequenceRun => ({
  task,
  variant,
  seed,
  points: Array.from({ length: steps / 100 }, (_, i) => ({
    step: (i + 1) * 100,
    loss: 1,
    exactMatch: (i + 1) * 100 >= at ? 0.99 : 0.1,
  })),
});
const judge = (runs: readonly SequenceRun[]) => verdicts(SEQUENCES_CLAIMS, { runs });

test('claims hold, fail or stay undecided by the number of steps needed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 39 }), (base, other) => {
      const runs = [1, 2].flatMap((seed) => [
        run('reverse', 'base', seed, base * 100),
        run('reverse', 'variance-1', seed, other * 100),
        run('reverse', 'no-warm-up', seed, other * 100),
      ]);
      const found = judge(runs);
      expect(found['learns-reverse']).toBe('holds');
      expect(found['embedding-variance']).toBe(other >= 2 * base ? 'holds' : 'fails');
      expect(found['warm-up']).toBe(other > base ? 'holds' : 'fails');
      expect(found['same-query-key']).toBe('undecided');
    }),
  );
});

test('a task that is not learned fails, unless the profile stops early', () => {
  expect(judge([run('sum', 'base', 1, 9999)])['learns-sum']).toBe('fails');
  expect(judge([run('sum', 'base', 1, 9999, 500)])['learns-sum']).toBe('undecided');
});
