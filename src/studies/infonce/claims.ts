import { allOf, type Claim, holdsIf, type Judgement, undecided } from '../../claims/claim.ts';
import { digits, judgeEverySeed } from '../../claims/rules.ts';
import type { DataSet } from './joints.ts';
import type { TableObjective } from './objectives.ts';
import type { InfonceEvidence, MeasureRow } from './tables.ts';
import { bestNext } from './words.ts';

/** KL(p || normalised f) as published: data set, likelihood, pseudo-likelihood, InfoNCE. Nats. */
const PUBLISHED: readonly (readonly [DataSet, number, number, number])[] = [
  ['product', 5.9e-6, 4.0e-6, 0.0043],
  ['dependent', 9.9e-6, 6.7e-6, 0.0037],
  ['birthwt', 5.7e-7, 7.3e-6, 0.001],
];
/** The published data sets are not known: a divergence up to this many times larger counts. */
const SAME_ORDER = 10;
/** A divergence below this counts as zero, one above ten times this as a difference. Nats. */
const ZERO = 0.005;
/** An accuracy within this of the best counts as the best. */
const CLOSE = 0.01;

/** The published statements about what a table of scores learns. */
export const INFONCE_CLAIMS: readonly Claim<InfonceEvidence>[] = [
  publishedFigures('likelihood', 1),
  publishedFigures('pseudo-likelihood', 2),
  publishedFigures('infonce', 3),
  {
    name: 'infonce-learns-ratio',
    statement: 'InfoNCE learns p(x, y) / (p(x) p(y)).',
    rule: `on every data set KL(normalised ratio || f) < ${ZERO} for every seed, each connected part of the support scaled to its mass`,
    judge: ({ measures }) =>
      judgeEveryDataSet(measures, 'infonce', 'KL to the ratio', 'klRatioAligned', isZero),
  },
  {
    name: 'infonce-does-not-learn-joint',
    statement: 'InfoNCE does not learn p(x, y) where the marginals are uneven.',
    rule: `on every data set KL(p || f) > ${10 * ZERO} for every seed, connected parts scaled`,
    judge: ({ measures }) =>
      judgeEveryDataSet(measures, 'infonce', 'KL to p', 'klJointAligned', (kl) => kl > 10 * ZERO),
  },
  {
    name: 'likelihoods-learn-joint',
    statement: 'Likelihood and pseudo-likelihood learn p(x, y).',
    rule: `on every data set KL(p || f) < ${ZERO} for every seed, connected parts scaled`,
    judge: ({ measures }) =>
      allOf(
        (['likelihood', 'pseudo-likelihood'] as const).map((objective) =>
          judgeEveryDataSet(measures, objective, 'KL to p', 'klJointAligned', isZero),
        ),
      ),
  },
  {
    name: 'one-factor-for-all',
    statement: 'Pseudo-likelihood determines the whole table up to one factor.',
    rule: `on every data set KL(p || f) < ${ZERO} for every seed, without scaling connected parts of the support`,
    judge: ({ measures }) =>
      judgeEveryDataSet(measures, 'pseudo-likelihood', 'KL to p', 'klJoint', isZero),
  },
  {
    name: 'classify-with-marginal',
    statement:
      'With what InfoNCE learned, y is best guessed from x after multiplying by p(y), not by f alone.',
    rule: `multiplied by p(y) the guess is within ${CLOSE} of the best accuracy on every data set, and f alone is farther off on at least one`,
    judge: ({ measures }) => {
      const learned = measures.filter(({ objective }) => objective === 'infonce');
      const worstGap = (column: 'accuracyRaw' | 'accuracyCorrected') =>
        Math.max(...learned.map((row) => row.accuracyBest - row[column]));
      const [raw, corrected] = [worstGap('accuracyRaw'), worstGap('accuracyCorrected')];
      return holdsIf(
        corrected <= CLOSE && raw > CLOSE,
        `accuracy below the best by at most ${digits(corrected)} with p(y), ${digits(raw)} without`,
      );
    },
  },
  {
    name: 'new-york',
    statement: 'After "new", the ratio prefers "york" although "house" is the likelier word.',
    rule: 'the largest f after "new" is that of "york", the largest f p(y) that of "house"',
    judge: ({ words }) => {
      const raw = bestNext(words, 'new', 'learned');
      const corrected = bestNext(words, 'new', 'corrected');
      return holdsIf(
        raw === 'york' && corrected === 'house',
        `f alone says ${raw}, f p(y) says ${corrected}`,
      );
    },
  },
];

function publishedFigures(objective: TableObjective, column: 1 | 2 | 3): Claim<InfonceEvidence> {
  const figures = PUBLISHED.map((row) => `${digits(row[column])} (${row[0]})`).join(', ');
  return {
    name: `published-kl-${objective}`,
    statement: `With ${objective}, KL(p || normalised f) is about ${figures}.`,
    rule: `the mean over seeds is at most ${SAME_ORDER} times the published figure on each data set`,
    judge: ({ measures }) =>
      allOf(
        PUBLISHED.map((row): Judgement => {
          const [data, published] = [row[0], row[column]];
          const rows = measures.filter((one) => one.objective === objective && one.data === data);
          if (rows.length === 0) return undecided(`${data}: not measured`);
          const mean = rows.reduce((sum, { klJoint }) => sum + klJoint, 0) / rows.length;
          const corrected = Math.max(...rows.map(({ klCorrected }) => klCorrected));
          const note =
            objective === 'infonce' ? `, ${digits(corrected)} after multiplying by p(x) p(y)` : '';
          return holdsIf(
            mean <= SAME_ORDER * published,
            `${data}: ${digits(mean)} (published ${digits(published)})${note}`,
          );
        }),
      ),
  };
}

function isZero(kl: number): boolean {
  return kl < ZERO;
}

/** Whether a measure passes on every data set for every seed. */
function judgeEveryDataSet(
  measures: readonly MeasureRow[],
  objective: TableObjective,
  what: string,
  column: 'klJoint' | 'klJointAligned' | 'klRatioAligned',
  passes: (value: number) => boolean,
): Judgement {
  return allOf(
    [...new Set(measures.map(({ data }) => data))].map((data) => {
      const rows = measures.filter((row) => row.objective === objective && row.data === data);
      const values = rows.map((row) => row[column]);
      const evidence = `${objective}, ${data}: ${what} ${values.map(digits).join(', ')}`;
      return judgeEverySeed(values.map(passes), evidence);
    }),
  );
}
