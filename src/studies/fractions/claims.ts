import { type Claim, holdsIf, type Judgement, undecided } from '../../claims/claim.ts';
import { digits, judgeEverySeed } from '../../claims/rules.ts';
import { accuracyAt, runsOf } from './runs.ts';
import type { FractionRun, FractionsEvidence } from './tables.ts';

/** Accuracy from which a depth counts as learned. */
const LEARNED = 0.95;
/** Accuracy one level deeper, over that of the deepest trained depth, below which it does not carry over. */
const CARRIED_OVER = 0.5;
/** The role of which the source asks: numerator of the numerator. */
const ASKED_ROLE = 'nn';
/** A probe's accuracy from which a role can be read. */
const READABLE = 0.9;
/** What training must add to a probe's accuracy. */
const ADDED = 0.1;
/** Models whose numbers of parameters differ by no more than this share are of one size. */
const SAME_SIZE = 0.01;

export const FRACTIONS_CLAIMS: readonly Claim<FractionsEvidence>[] = [
  {
    name: 'learns-the-depths-it-saw',
    statement:
      'A small transformer learns to simplify nested divisions of the depths that it is trained on.',
    rule: `with standard attention at least ${LEARNED} of held-out expressions of every trained depth are answered right to the last symbol, for every seed`,
    judge: ({ runs, deepest }) =>
      judgeRuns(
        runsOf(runs, 'attention'),
        (run) => depthsTo(deepest).every((depth) => accuracyAt(run, depth) >= LEARNED),
        (run) => accuracies(run, depthsTo(deepest)),
      ),
  },
  {
    name: 'fails-one-level-deeper',
    statement: 'One level deeper than it was trained the transformer fails.',
    rule: `with standard attention the accuracy one level deeper is below ${CARRIED_OVER} of that at the deepest trained depth, which is at least ${CARRIED_OVER}, for every seed`,
    judge: ({ runs, deepest }) => {
      const asked = runsOf(runs, 'attention');
      const evidence = (run: FractionRun) => accuracies(run, [deepest, deepest + 1]);
      if (asked.some((run) => accuracyAt(run, deepest) < CARRIED_OVER)) {
        return undecided(`${describe(asked, evidence)}: the trained depth is not learned`);
      }
      return judgeRuns(
        asked,
        (run) => accuracyAt(run, deepest + 1) < CARRIED_OVER * accuracyAt(run, deepest),
        evidence,
      );
    },
  },
  {
    name: 'roles-can-be-read',
    statement:
      'The letter in the role "numerator of the numerator" can be read from a hidden vector by a linear map, which training brings about.',
    rule: `at the deepest trained depth the probe is right on at least ${READABLE}, and on at least ${ADDED} more than before training, with standard attention and for every seed`,
    judge: ({ runs, deepest }) =>
      judgeRuns(
        runsOf(runs, 'attention'),
        (run) => {
          const [before, after] = probed(run, deepest);
          return after >= READABLE && after >= before + ADDED;
        },
        (run) => {
          const [before, after] = probed(run, deepest);
          return `${digits(after)}, untrained ${digits(before)}`;
        },
      ),
  },
  {
    name: 'binding-goes-deeper',
    statement:
      'Binding to learnt roles (TP-Transformer) answers more of the deeper expressions than standard attention at equal parameters.',
    rule: `with numbers of parameters within ${SAME_SIZE} the accuracy one level deeper than trained is higher with roles, for every seed`,
    judge: ({ runs, deepest }) => {
      const [roles, attention] = [runsOf(runs, 'roles'), runsOf(runs, 'attention')];
      if (roles.length === 0 || roles.length !== attention.length) {
        return undecided('not as many trainings of both');
      }
      const evidence = roles
        .map((run, i) => {
          const [a, b] = [run, attention[i]].map((one) => digits(accuracyAt(one, deepest + 1)));
          return `seed ${run.seed}: roles ${a} (${run.parameters} parameters), attention ${b} (${attention[i].parameters})`;
        })
        .join('; ');
      const ratio = roles[0].parameters / attention[0].parameters;
      if (Math.abs(ratio - 1) > SAME_SIZE) return holdsIf(false, `${evidence}: of different sizes`);
      return judgeEverySeed(
        roles.map((run, i) => accuracyAt(run, deepest + 1) > accuracyAt(attention[i], deepest + 1)),
        evidence,
      );
    },
  },
];

function judgeRuns(
  runs: readonly FractionRun[],
  passes: (run: FractionRun) => boolean,
  evidence: (run: FractionRun) => string,
): Judgement {
  if (runs.length === 0) return undecided('no trainings');
  return judgeEverySeed(runs.map(passes), describe(runs, evidence));
}

function describe(runs: readonly FractionRun[], evidence: (run: FractionRun) => string): string {
  return runs.map((run) => `seed ${run.seed}: ${evidence(run)}`).join('; ');
}

function depthsTo(deepest: number): readonly number[] {
  return Array.from({ length: deepest }, (_, i) => i + 1);
}

function accuracies(run: FractionRun, depths: readonly number[]): string {
  return depths.map((depth) => `depth ${depth} ${digits(accuracyAt(run, depth))}`).join(', ');
}

/** The probe's accuracy before and after training. */
function probed({ probes }: FractionRun, depth: number): readonly [number, number] {
  const [before, after] = (['untrained', 'trained'] as const).map(
    (model) =>
      probes.find((row) => row.role === ASKED_ROLE && row.depth === depth && row.model === model)
        ?.accuracy ?? Number.NaN,
  );
  return [before, after];
}
