import { allOf, type Claim, type Judgement, undecided } from '../../claims/claim.ts';
import { digits } from '../../claims/rules.ts';
import type { DataSet } from './joints.ts';
import type { Accuracies, TableMeasures } from './measures.ts';
import type { TableObjective } from './objectives.ts';
import type { LearnedTable } from './study.ts';

export interface InfonceEvidence {
  readonly tables: readonly LearnedTable[];
  /** Best next word after "new", by the learned table alone and with the marginal put back. */
  readonly newYork: { readonly raw: string; readonly corrected: string };
}

/** KL(p || normalised f) as published: data set, likelihood, pseudo-likelihood, InfoNCE. Nats. */
const PUBLISHED: readonly (readonly [DataSet, number, number, number])[] = [
  ['product', 5.9e-6, 4.0e-6, 0.0043],
  ['dependent', 9.9e-6, 6.7e-6, 0.0037],
  ['birthwt', 5.7e-7, 7.3e-6, 0.001],
];
/** Published data sets were not given: a divergence of the same order or smaller counts. */
const SAME_ORDER = 10;
/** A divergence below this counts as none, one above ten times it as one, nats. */
const NONE = 0.005;
/** An accuracy this close to the best counts as the best. */
const CLOSE = 0.01;

type Numbers = TableMeasures & Accuracies;

/** The published statements about what a table of scores learns. */
export const INFONCE_CLAIMS: readonly Claim<InfonceEvidence>[] = [
  publishedFigures('likelihood', 1),
  publishedFigures('pseudo-likelihood', 2),
  publishedFigures('infonce', 3),
  {
    name: 'infonce-learns-ratio',
    statement: 'InfoNCE learns p(x, y) / (p(x) p(y)).',
    rule: `on every data set KL(normalised ratio || f) < ${NONE} for every seed, each connected part of the support scaled to its mass`,
    judge: ({ tables }) =>
      below(tables, 'infonce', 'KL to the ratio', ({ klRatioAligned }) => klRatioAligned, NONE),
  },
  {
    name: 'infonce-does-not-learn-joint',
    statement: 'InfoNCE does not learn p(x, y) where the marginals are uneven.',
    rule: `on every data set KL(p || f) > ${10 * NONE} for every seed, connected parts scaled`,
    judge: ({ tables }) =>
      all(
        tables,
        'infonce',
        'KL to p',
        ({ klJointAligned }) => klJointAligned,
        (kl) => kl > 10 * NONE,
      ),
  },
  {
    name: 'likelihoods-learn-joint',
    statement: 'Likelihood and pseudo-likelihood learn p(x, y).',
    rule: `on every data set KL(p || f) < ${NONE} for every seed, connected parts scaled`,
    judge: ({ tables }) =>
      allOf(
        (['likelihood', 'pseudo-likelihood'] as const).map((objective) =>
          below(tables, objective, 'KL to p', ({ klJointAligned }) => klJointAligned, NONE),
        ),
      ),
  },
  {
    name: 'one-factor-for-all',
    statement: 'Pseudo-likelihood determines the whole table up to one factor.',
    rule: `on every data set KL(p || f) < ${NONE} for every seed, without scaling connected parts of the support`,
    judge: ({ tables }) =>
      below(tables, 'pseudo-likelihood', 'KL to p', ({ klJoint }) => klJoint, NONE),
  },
  {
    name: 'classify-with-marginal',
    statement:
      'With what InfoNCE learned, y is best guessed from x after multiplying by p(y), not by f alone.',
    rule: `multiplied by p(y) the guess is within ${CLOSE} of the best accuracy on every data set, and f alone is farther off on at least one`,
    judge: ({ tables }) => {
      const gap = (pick: (numbers: Numbers) => number) => (numbers: Numbers) =>
        numbers.best - pick(numbers);
      const raw = worstGap(
        tables,
        gap(({ raw }) => raw),
      );
      const corrected = worstGap(
        tables,
        gap(({ corrected }) => corrected),
      );
      return {
        verdict: corrected <= CLOSE && raw > CLOSE ? 'holds' : 'fails',
        evidence: `accuracy below the best by at most ${digits(corrected)} with p(y), ${digits(raw)} without`,
      };
    },
  },
  {
    name: 'new-york',
    statement: 'After "new", the ratio prefers "york" where "house" is the likelier word.',
    rule: 'the largest f after "new" is that of "york", the largest f p(y) that of "house"',
    judge: ({ newYork: { raw, corrected } }) => ({
      verdict: raw === 'york' && corrected === 'house' ? 'holds' : 'fails',
      evidence: `f alone says ${raw}, f p(y) says ${corrected}`,
    }),
  },
];

function publishedFigures(objective: TableObjective, column: 1 | 2 | 3): Claim<InfonceEvidence> {
  const figures = PUBLISHED.map((row) => `${digits(row[column])} (${row[0]})`).join(', ');
  return {
    name: `published-kl-${objective}`,
    statement: `With ${objective}, KL(p || normalised f) is about ${figures}.`,
    rule: `the mean over seeds is at most ${SAME_ORDER} times the published figure on each data set`,
    judge: ({ tables }) =>
      allOf(
        PUBLISHED.map((row): Judgement => {
          const [name, published] = [row[0], row[column]];
          const values = valuesOf(tables, objective, name, ({ klJoint }) => klJoint);
          if (values.length === 0) return undecided(`${name}: not measured`);
          const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
          const corrected = valuesOf(tables, objective, name, ({ klCorrected }) => klCorrected);
          const note =
            objective === 'infonce'
              ? `, ${digits(Math.max(...corrected))} after multiplying by p(x) p(y)`
              : '';
          return {
            verdict: mean <= SAME_ORDER * published ? 'holds' : 'fails',
            evidence: `${name}: ${digits(mean)} (published ${digits(published)})${note}`,
          };
        }),
      ),
  };
}

function below(
  tables: readonly LearnedTable[],
  objective: TableObjective,
  what: string,
  pick: (numbers: Numbers) => number,
  bound: number,
): Judgement {
  return all(tables, objective, what, pick, (value) => value < bound);
}

/** Whether a number of every data set passes for every seed. */
function all(
  tables: readonly LearnedTable[],
  objective: TableObjective,
  what: string,
  pick: (numbers: Numbers) => number,
  passes: (value: number) => boolean,
): Judgement {
  const names = [...new Set(tables.map(({ joint }) => joint.name))];
  return allOf(
    names.map((name): Judgement => {
      const values = valuesOf(tables, objective, name, pick);
      const evidence = `${objective}, ${name}: ${what} ${values.map(digits).join(', ')}`;
      const passing = values.filter(passes).length;
      if (passing === values.length) return { verdict: 'holds', evidence };
      return passing === 0 ? { verdict: 'fails', evidence } : undecided(evidence);
    }),
  );
}

const worstGap = (tables: readonly LearnedTable[], gap: (numbers: Numbers) => number): number =>
  Math.max(
    ...tables
      .filter(({ objective }) => objective === 'infonce')
      .map(({ measures, accuracies }) => gap({ ...measures, ...accuracies })),
  );

const valuesOf = (
  tables: readonly LearnedTable[],
  objective: TableObjective,
  name: string,
  pick: (numbers: Numbers) => number,
): readonly number[] =>
  tables
    .filter((table) => table.objective === objective && table.joint.name === name)
    .map(({ measures, accuracies }) => pick({ ...measures, ...accuracies }));
