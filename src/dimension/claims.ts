import { allOf, type Claim, type Judgement, undecided } from '../claims/claim.ts';
import { PUBLISHED_CRITICAL_N } from '../claims/critical-n.ts';
import { digits } from '../claims/rules.ts';
import { familyOf } from './problems/problems.ts';
import type { PredictionRow, ProblemBudgetRow, ProblemRow } from './tables.ts';

export interface DimensionEvidence {
  readonly problems: readonly ProblemRow[];
  readonly predictions: readonly PredictionRow[];
  readonly budgets: readonly ProblemBudgetRow[];
}

/** A check of every problem of some families. */
function ofProblems(
  { problems }: DimensionEvidence,
  families: readonly string[],
  check: (row: ProblemRow, sizes: readonly number[]) => Judgement | undefined,
): Judgement {
  const judged = problems
    .filter(({ problem }) => families.includes(familyOf(problem)))
    .map((row) => check(row, row.problem.split('-').slice(1).map(Number)));
  return allOf(judged.filter((one) => one !== undefined));
}

const holdsIf = (holds: boolean, evidence: string): Judgement => ({
  verdict: holds ? 'holds' : 'fails',
  evidence,
});

const exactAtMost = (row: ProblemRow, bound: number): Judgement =>
  holdsIf(row.dExact <= bound, `${row.problem}: right from d = ${row.dExact}, theory ${bound}`);

/** Budgets that leave something to gain: where all is right, nothing can be better. */
const SATURATED = 0.995;
/** A smaller difference of recall is none. */
const TOLERANCE = 0.01;

export const DIMENSION_CLAIMS: readonly Claim<DimensionEvidence>[] = [
  {
    name: 'planted-dimension-is-found',
    statement: 'Where sets are the best items by vectors of r dimensions, r is what is found.',
    rule: 'For every planted problem d99 is at most 1.25 r + 1, and at least r / 2 (sets of a few items may need fewer).',
    judge: (evidence) =>
      ofProblems(evidence, ['planted'], ({ problem, d99 }, [, r]) =>
        holdsIf(d99 >= r / 2 && d99 <= 1.25 * r + 1, `${problem}: d99 = ${d99}`),
      ),
  },
  {
    name: 'nothing-below-the-proven-bound',
    statement:
      'No vectors rank everything right in fewer dimensions than counting and Forster allow.',
    rule: 'For every problem the least dimension found for recall 1 is at least the lower bound.',
    judge: ({ problems }) =>
      allOf(
        problems.map(({ problem, dExact, lower }) =>
          holdsIf(dExact >= lower, `${problem}: right from d = ${dExact}, bound ${lower}`),
        ),
      ),
  },
  {
    name: 'proven-dimension-is-found',
    statement:
      'Optimised vectors find what a construction proves: everything right in as many dimensions as the best upper bound.',
    rule: 'For every problem the least dimension found for recall 1 is at most the upper bound (rank, sign changes along a line, simplex).',
    judge: ({ problems }) => allOf(problems.map((row) => exactAtMost(row, row.upper))),
  },
  {
    name: 'shatter-needs-the-simplex',
    statement:
      'On shatter nothing short of the simplex of K - 1 dimensions ranks every subset right.',
    rule: 'On 9 cards, of whose 511 subsets most are sampled, recall 1 takes at least 7 of the 8 dimensions; on 27 cards no more than 26.',
    judge: (evidence) =>
      ofProblems(evidence, ['game'], ({ problem, dExact, items }) => {
        if (!problem.includes('shatter')) return undefined;
        const least = items === 9 ? 7 : 1;
        return holdsIf(
          dExact >= least && dExact <= items - 1,
          `${problem}: right from d = ${dExact}`,
        );
      }),
  },
  {
    name: 'star-needs-a-product-of-simplices',
    statement: 'star needs A (v - 1) dimensions: 4 for 9 cards, 6 for 27.',
    rule: 'The least dimension found for recall 1 is at most that.',
    judge: (evidence) =>
      ofProblems(evidence, ['game'], (row) =>
        row.problem.includes('star') ? exactAtMost(row, row.items === 9 ? 4 : 6) : undefined,
      ),
  },
  {
    name: 'single-items-need-a-polygon',
    statement:
      'Sets of one item, and neighbours on a circle, need two dimensions whatever their number.',
    rule: 'For set, all sets of one item and windows, two dimensions are found for recall 1.',
    judge: (evidence) =>
      ofProblems(evidence, ['game', 'windows', 'subsets'], (row, [, k]) => {
        const isGame = row.problem.startsWith('game-set-');
        const isPolygon = isGame || familyOf(row.problem) === 'windows' || k === 1;
        return isPolygon ? exactAtMost(row, 2) : undefined;
      }),
  },
  {
    name: 'two-k-dimensions-are-found',
    statement:
      'All sets of k of any number of items fit into 2k dimensions (Gale 1963; arXiv 2601.20844), and optimised vectors get there.',
    rule: 'For all pairs and all sets of k, k from 2, recall 1 is found in at most 2k dimensions.',
    judge: (evidence) =>
      ofProblems(evidence, ['limit', 'subsets'], (row, [, k]) => {
        const size = familyOf(row.problem) === 'limit' ? 2 : k;
        return size < 2 ? undefined : exactAtMost(row, 2 * size);
      }),
  },
  {
    name: 'free-lengths-need-no-more-than-unit-lengths',
    statement:
      'Vectors of any length realise all pairs of n items in no more dimensions than vectors of length 1 were published to need (arXiv 2508.21038, table 6).',
    rule: 'For every n, recall 1 is found in at most the least d whose published critical n is n or more.',
    judge: (evidence) =>
      ofProblems(evidence, ['limit'], ({ problem, dExact }, [n]) => {
        const published = [...PUBLISHED_CRITICAL_N].find(([, critical]) => critical >= n)?.[0];
        if (published === undefined) return undefined;
        return holdsIf(
          dExact <= published,
          `${problem}: right from d = ${dExact}, published ${published}`,
        );
      }),
  },
  {
    name: 'judgements-predict-the-dimension',
    statement: 'What judgements show without a fit predicts d99 of problems that were left out.',
    rule: 'The combined prediction is usually off by at most a factor of 1.5 with a family of problems left out, and ranks them with a correlation of 0.8 or more.',
    judge: ({ predictions }) => judgePrediction(predictions, 'combined', 1.5, 0.8),
  },
  {
    name: 'rank-predicts-the-dimension',
    statement: 'The rank of the relevance matrix says how many dimensions are needed.',
    rule: 'The prediction by the rank alone is usually off by at most a factor of 1.5 with a family left out, with a rank correlation of 0.8 or more.',
    judge: ({ predictions }) => judgePrediction(predictions, 'rank', 1.5, 0.8),
  },
  {
    name: 'many-coarse-numbers-beat-few-fine-ones',
    statement: 'At equal bits per item, more numbers of one bit rank better than fewer of eight.',
    rule: 'Over all problems and budgets of B d bits with recall below 0.995, one bit is better than eight by more than 0.01 at least four times out of five.',
    judge: ({ budgets }) => judgeBits(budgets, 1, 8),
  },
  {
    name: 'rounding-while-fitting-helps',
    statement:
      'Items that are rounded while they are fitted rank better than items that are rounded after.',
    rule: 'With one and two bits, the mean difference of held-out recall is above 0.01 over all problems and dimensions with recall below 0.995.',
    judge: ({ budgets }) => {
      const pairs = budgets
        .filter(({ rounding, bits }) => rounding === 'post-training' && bits <= 2)
        .flatMap((after) => {
          const during = budgets.find(
            (row) =>
              row.rounding === 'straight-through' &&
              row.problem === after.problem &&
              row.d === after.d &&
              row.bits === after.bits,
          );
          if (during === undefined || after.recall >= SATURATED) return [];
          return [during.recall - after.recall];
        });
      return judgeMean(pairs, 'straight-through less post-training');
    },
  },
  {
    name: 'several-vectors-beat-one-at-equal-floats',
    statement:
      'At equal floats per item, several vectors with MaxSim express more than one (arXiv 2606.23475 proves it of worst cases).',
    rule: 'Two vectors of d / 2 rank held-out queries better than one of d by more than 0.01 on average, over all problems and d with recall below 0.995.',
    judge: ({ budgets }) => {
      const pairs = budgets
        .filter(({ bits, pieces }) => bits === 32 && pieces === 1)
        .flatMap((one) => {
          const two = budgets.find(
            (row) => row.problem === one.problem && row.d === one.d && row.pieces === 2,
          );
          return two === undefined || one.recall >= SATURATED ? [] : [two.recall - one.recall];
        });
      return judgeMean(pairs, 'two vectors less one');
    },
  },
];

function judgePrediction(
  predictions: readonly PredictionRow[],
  predictor: string,
  factor: number,
  correlation: number,
): Judgement {
  const row = predictions.find((one) => one.predictor === predictor && one.target === 'd99');
  if (row === undefined || row.problems < 30) return undecided('fewer than 30 problems');
  return holdsIf(
    row.familyFactor <= factor && row.familyCorrelation >= correlation,
    `${row.problems} problems: factor ${digits(row.familyFactor)} with a family left out (${digits(row.factor)} with a problem), correlation ${digits(row.familyCorrelation)}`,
  );
}

function judgeBits(budgets: readonly ProblemBudgetRow[], few: number, many: number): Judgement {
  const best = (problem: string, d: number, bits: number) =>
    budgets
      .filter((row) => row.problem === problem && row.d === d && row.bits === bits)
      .reduce((most, { recall }) => Math.max(most, recall), -1);
  const names = [...new Set(budgets.map(({ problem }) => problem))];
  const dims = [...new Set(budgets.map(({ d }) => d))];
  const compared = names.flatMap((problem) =>
    dims.flatMap((d) => {
      const wide = best(problem, (d * many) / few, few);
      const narrow = best(problem, d, many);
      return wide < 0 || narrow < 0 || Math.max(wide, narrow) < 0 || narrow >= SATURATED
        ? []
        : [{ problem, d, difference: wide - narrow }];
    }),
  );
  if (compared.length < 5) return undecided(`${compared.length} budgets to compare`);
  const better = compared.filter(({ difference }) => difference > TOLERANCE).length;
  return holdsIf(
    better >= 0.8 * compared.length,
    `${few} bit better in ${better} of ${compared.length} comparisons with ${many} bits`,
  );
}

function judgeMean(differences: readonly number[], what: string): Judgement {
  if (differences.length < 5) return undecided(`${differences.length} pairs to compare`);
  const mean = differences.reduce((sum, x) => sum + x, 0) / differences.length;
  const better = differences.filter((x) => x > TOLERANCE).length;
  return holdsIf(
    mean > TOLERANCE,
    `${what}: ${digits(mean)} on average, better in ${better} of ${differences.length}`,
  );
}
