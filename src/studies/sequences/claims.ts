import { allOf, type Claim, holdsIf, type Judgement, undecided } from '../../claims/claim.ts';
import { digits, judgeEverySeed } from '../../claims/rules.ts';
import { finalMatch, stepsTo } from './runs.ts';
import type { SequenceRun, SequencesEvidence, Variant } from './tables.ts';
import { TASKS } from './tasks.ts';

/** Exact match from which a task counts as learned. */
const LEARNED = 0.95;
/** Steps within which the tasks are published to be learned. */
const MOST_STEPS = 4000;
/** Variants are compared by the steps to this exact match. */
const REACHED = 0.9;
/** Steps with N(0, 1) over steps with N(0, 1 / d_model): as published, 20 k over 4 k. */
const PUBLISHED_SLOWDOWN = 5;
/** The slowdown from which the statement holds. */
const SLOWDOWN = 2;

/** The published statements about the transformer's toy tasks. */
export const SEQUENCES_CLAIMS: readonly Claim<SequencesEvidence>[] = [
  ...TASKS.map(
    (task): Claim<SequencesEvidence> => ({
      name: `learns-${task}`,
      statement: `A transformer of 2 layers and 2 heads learns the task ${task} within 1 to 4 thousand steps.`,
      rule: `at least ${LEARNED} of held-out examples are answered right to the last symbol within ${MOST_STEPS} steps, for every seed`,
      judge: ({ runs }) =>
        allOf(
          runs
            .filter((run) => run.task === task && run.variant === 'base')
            .map((run): Judgement => {
              const steps = stepsTo(run.points, LEARNED);
              const end = run.points[run.points.length - 1]?.step ?? 0;
              const evidence =
                `seed ${run.seed}: ${digits(finalMatch(run))} after ${end} steps` +
                (steps === undefined ? '' : `, ${LEARNED} after ${steps}`);
              const isLearned = finalMatch(run) >= LEARNED && end <= MOST_STEPS;
              return isLearned || end >= MOST_STEPS
                ? holdsIf(isLearned, evidence)
                : undecided(`${evidence}: the profile stops early`);
            }),
        ),
    }),
  ),
  {
    name: 'embedding-variance',
    statement:
      'Token vectors initialised as N(0, 1 / d_model) train faster than N(0, 1): 4 k against 20 k steps.',
    rule: `N(0, 1) needs at least ${SLOWDOWN} times as many steps to exact match ${REACHED}, or never reaches it, for every seed (published: ${PUBLISHED_SLOWDOWN} times)`,
    judge: ({ runs }) =>
      compareWithBase(runs, 'variance-1', (base, other) => other >= SLOWDOWN * base),
  },
  {
    name: 'same-query-key',
    statement: 'Attention learns in fewer steps if its query and key matrices start equal.',
    rule: `fewer steps to exact match ${REACHED} than with independent matrices, for every seed`,
    judge: ({ runs }) => compareWithBase(runs, 'same-query-key', (base, other) => other < base),
  },
  {
    name: 'warm-up',
    statement: 'Without warm-up the training is slower or fails.',
    rule: `more steps to exact match ${REACHED} than with warm-up, or it is never reached, for every seed`,
    judge: ({ runs }) => compareWithBase(runs, 'no-warm-up', (base, other) => other > base),
  },
];

/** Compares the steps to `REACHED` with those of the base, seed by seed; never counts as infinity. */
function compareWithBase(
  runs: readonly SequenceRun[],
  variant: Variant,
  passes: (base: number, other: number) => boolean,
): Judgement {
  const steps = (run: SequenceRun) => stepsTo(run.points, REACHED) ?? Number.POSITIVE_INFINITY;
  const others = runs.filter((run) => run.variant === variant);
  const pairs = others.flatMap((other) => {
    const base = runs.find(
      (run) => run.variant === 'base' && run.task === other.task && run.seed === other.seed,
    );
    return base === undefined ? [] : [{ seed: other.seed, base: steps(base), other: steps(other) }];
  });
  if (pairs.length < 2) return undecided('fewer than two seeds');
  const shown = (count: number) => (Number.isFinite(count) ? `${count}` : 'never');
  const evidence = pairs
    .map(
      ({ seed, base, other }) => `seed ${seed}: ${shown(base)} steps, ${variant} ${shown(other)}`,
    )
    .join('; ');
  if (pairs.some(({ base }) => !Number.isFinite(base))) {
    return undecided(`${evidence}: the base did not reach ${REACHED}`);
  }
  return judgeEverySeed(
    pairs.map(({ base, other }) => passes(base, other)),
    evidence,
  );
}
