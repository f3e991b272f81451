import { expect, test } from 'vitest';
import { FRACTIONS_CLAIMS } from '../../../src/studies/fractions/claims.ts';
import { ROLES } from '../../../src/studies/fractions/expressions.ts';
import type { Binding, FractionRun } from '../../../src/studies/fractions/tables.ts';
import { verdicts } from '../verdicts.ts';

interface Made {
  readonly seed?: number;
  /** Accuracy by depth, from 1. */
  readonly accuracy: readonly number[];
  readonly parameters?: number;
  readonly untrained?: number;
}

const run = (
  binding: Binding,
  { seed = 1, accuracy, parameters = 1000, untrained = 0.4 }: Made,
) => {
  return {
    binding,
    seed,
    parameters,
    points: [],
    prompts: [],
    answers: accuracy.flatMap((share, i) =>
      Array.from({ length: 20 }, (_, j) => ({
        depth: i + 1,
        leaves: 4,
        expression: '(a/b)/(c/d)',
        right: j < 20 * share ? 1 : 0,
      })),
    ),
    probes: ROLES.flatMap((role) =>
      (['untrained', 'trained'] as const).map((model) => ({
        role,
        depth: 3,
        model,
        accuracy: model === 'trained' ? 0.95 : untrained,
        asked: 20,
      })),
    ),
  } satisfies FractionRun;
};

const judge = (runs: readonly FractionRun[]) => verdicts(FRACTIONS_CLAIMS, { runs, deepest: 3 });

test('each claim holds on what it says and fails on the opposite', () => {
  const good = [1, 2].flatMap((seed) => [
    run('attention', { seed, accuracy: [1, 1, 0.95, 0.2] }),
    run('roles', { seed, accuracy: [1, 1, 1, 0.4], parameters: 1001 }),
  ]);
  expect(Object.values(judge(good))).toEqual(Array(4).fill('holds'));
  const wrong = [1, 2].flatMap((seed) => [
    run('attention', { seed, accuracy: [1, 1, 0.9, 0.6], untrained: 0.9 }),
    run('roles', { seed, accuracy: [1, 1, 1, 0.5] }),
  ]);
  expect(Object.values(judge(wrong))).toEqual(Array(4).fill('fails'));
  expect(Object.values(judge([]))).toEqual(Array(4).fill('undecided'));
});

test('what is not learned cannot fail to carry over', () => {
  const unlearned = [run('attention', { accuracy: [1, 0.6, 0.2, 0] })];
  expect(judge(unlearned)['fails-one-level-deeper']).toBe('undecided');
});

test('models of different sizes are no comparison', () => {
  const runs = [
    run('attention', { accuracy: [1, 1, 1, 0.1] }),
    run('roles', { accuracy: [1, 1, 1, 0.9], parameters: 1200 }),
  ];
  expect(judge(runs)['binding-goes-deeper']).toBe('fails');
});
