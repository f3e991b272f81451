import { allOf, type Claim, type Judgement, undecided } from '../../claims/claim.ts';
import { digits } from '../../claims/rules.ts';
import { finalMatch, type SequenceRun, stepsTo, type Variant } from './points.ts';
import { TASKS } from './tasks.ts';

/** Exact match from which a task counts as learned. */
export const LEARNED = 0.95;
/** Most steps within which the tasks are said to be learned. */
const MOST_STEPS = 4000;
/** Exact match at which ablations are compared. */
export const REACHED = 0.9;
/** Steps with N(0, 1) over steps with N(0, 1 / d_model), as published: 20 k over 4 k. */
const PUBLISHED_SLOWDOWN = 5;
const SLOWDOWN = 2;

/** The published statements about the transformer's toy tasks. */
export const SEQUENCE_CLAIMS: readonly Claim<readonly SequenceRun[]>[] = [
  ...TASKS.map(
    (task): Claim<readonly SequenceRun[]> => ({
      name: `learns-${task}`,
      statement: `A transformer of 2 layers and 2 heads learns the task ${task} within 1 to 4 thousand steps.`,
      rule: `at least ${LEARNED} of held-out examples are answered right to the last symbol after at most ${MOST_STEPS} steps, for every seed`,
      judge: (runs) =>
        allOf(
          runs
            .filter((run) => run.task === task && run.variant === 'base')
            .map((run): Judgement => {
              const steps = stepsTo(run.points, LEARNED);
              const end = run.points[run.points.length - 1]?.step ?? 0;
              const evidence =
                `seed ${run.seed}: ${digits(finalMatch(run))} after ${end} steps` +
                (steps === undefined ? '' : `, ${LEARNED} after ${steps}`);
              if (finalMatch(run) >= LEARNED && end <= MOST_STEPS) {
                return { verdict: 'holds', evidence };
              }
              return end < MOST_STEPS
                ? undecided(`${evidence}: the profile stops early`)
                : { verdict: 'fails', evidence };
            }),
        ),
    }),
  ),
  {
    name: 'embedding-variance',
    statement:
      'Token vectors that start as N(0, 1 / d_model) train faster than N(0, 1): 4 k against 20 k steps.',
    rule: `N(0, 1) needs at least ${SLOWDOWN} times the steps to exact match ${REACHED}, or does not reach it, for every seed (published: ${PUBLISHED_SLOWDOWN} times)`,
    judge: (runs) => compare(runs, 'variance-1', (base, other) => other >= SLOWDOWN * base),
  },
  {
    name: 'same-query-key',
    statement: 'Attention whose query and key matrices start equal learns sooner.',
    rule: `fewer steps to exact match ${REACHED} than with independent matrices, for every seed`,
    judge: (runs) => compare(runs, 'same-query-key', (base, other) => other < base),
  },
  {
    name: 'warm-up',
    statement: 'Without warm-up the training is slower or fails.',
    rule: `more steps to exact match ${REACHED} than with warm-up, or it is not reached, for every seed`,
    judge: (runs) => compare(runs, 'no-warm-up', (base, other) => other > base),
  },
];

/** Compares steps to `REACHED` with those of the base, seed by seed; never is infinitely many. */
function compare(
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
  const said = (count: number) => (Number.isFinite(count) ? `${count}` : 'never');
  const evidence = pairs
    .map(({ seed, base, other }) => `seed ${seed}: ${said(base)} steps, ${variant} ${said(other)}`)
    .join('; ');
  if (pairs.some(({ base }) => !Number.isFinite(base))) {
    return undecided(`${evidence}: too few steps to tell`);
  }
  const passing = pairs.filter(({ base, other }) => passes(base, other)).length;
  if (passing === pairs.length) return { verdict: 'holds', evidence };
  return passing === 0 ? { verdict: 'fails', evidence } : undecided(`${evidence}: seeds disagree`);
}
