import { type Claim, type Judgement, undecided } from '../../claims/claim.ts';
import { judgeEverySeed } from '../../claims/rules.ts';
import { stepsTo } from './runs.ts';
import type { AblationsEvidence, Change, ChangedRun } from './tables.ts';

/** Changes are compared by the steps to this exact match. */
export const REACHED = 0.9;

/** Statements about how training is set up. */
export const ABLATION_CLAIMS: readonly Claim<AblationsEvidence>[] = [
  {
    name: 'positions-at-half-the-variance',
    statement: 'Learnt positions do better with half the variance of the words than with as much.',
    rule: `fewer steps to exact match ${REACHED} from half the variance, for every seed`,
    judge: ({ changes }) => compareChanges(changes, 'learnt positions', 'learnt positions, half'),
  },
  {
    name: 'tied-tables',
    statement: 'One table for source, target and output learns in fewer steps than three.',
    rule: `fewer steps to exact match ${REACHED} than with three tables, for every seed`,
    judge: ({ changes }) => compareChanges(changes, 'untied tables', 'none'),
  },
  {
    name: 'zeroed-output-projections',
    statement: 'Branches whose last matrix starts at zero (Fixup) learn in fewer steps.',
    rule: `fewer steps to exact match ${REACHED} than from random matrices, for every seed`,
    judge: ({ changes }) => compareChanges(changes, 'none', 'zeroed outputs'),
  },
  {
    name: 'small-batches-need-small-steps',
    statement: 'A smaller batch needs smaller steps.',
    rule: `with a batch of 8 fewer steps to exact match ${REACHED} at half the learning rate, for every seed`,
    judge: ({ changes }) => compareChanges(changes, 'batch 8', 'batch 8, small steps'),
  },
  {
    name: 'warm-up-and-batch-size',
    statement: 'Without warm-up a training with a small batch is slower or fails.',
    rule: `with a batch of 8 fewer steps to exact match ${REACHED} with warm-up than without, for every seed`,
    judge: ({ changes }) => compareChanges(changes, 'batch 8, no warm-up', 'batch 8'),
  },
  {
    name: 'fixed-order-converges-sooner',
    statement: 'Series in a fixed order are learned sooner.',
    rule: `fewer steps to exact match ${REACHED} for rising series than for any, for every seed`,
    judge: ({ changes }) => compareChanges(changes, 'none', 'fixed order'),
  },
];

/** Whether `better` takes fewer steps to `REACHED` than `worse`, seed by seed; never counts as infinity. */
function compareChanges(changes: readonly ChangedRun[], worse: Change, better: Change): Judgement {
  const stepsOf = (change: Change) =>
    changes
      .filter((run) => run.change === change)
      .sort((a, b) => a.seed - b.seed)
      .map(({ points }) => stepsTo(points, REACHED) ?? Number.POSITIVE_INFINITY);
  const [slow, fast] = [stepsOf(worse), stepsOf(better)];
  if (slow.length < 2 || slow.length !== fast.length) return undecided('fewer than two seeds');
  const shown = (counts: readonly number[]) =>
    counts.map((count) => (Number.isFinite(count) ? `${count}` : 'never')).join(', ');
  const evidence = `${better}: ${shown(fast)} steps; ${worse}: ${shown(slow)}`;
  if (![...slow, ...fast].some(Number.isFinite)) {
    return undecided(`${evidence}: none reached ${REACHED}`);
  }
  return judgeEverySeed(
    fast.map((count, i) => count < slow[i]),
    evidence,
  );
}
