import { allOf, type Claim, holdsIf, type Judgement, undecided } from '../../claims/claim.ts';
import { digits, judgeEverySeed } from '../../claims/rules.ts';
import type { DataSet } from './joints.ts';
import type { TableObjective } from './objectives.ts';
import { PLACE_NAMES } from './place-names.ts';
import type { InfonceEvidence, MeasureRow, PlaceRow } from './tables.ts';
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
/** Scores within this factor of each other are alike. */
const ALIKE = 1.25;
/** A score below this share of another is none beside it. */
const NONE = 0.05;
/** An accuracy within this of the best counts as the best. */
const CLOSE = 0.01;

/** The published statements about what a table of scores learns. */
export const INFONCE_CLAIMS: readonly Claim<InfonceEvidence>[] = [
  publishedFigures('likelihood', 1),
  publishedFigures('pseudo-likelihood', 2),
  publishedFigures('infonce', 3),
  perCellFigures('likelihood', 1),
  perCellFigures('pseudo-likelihood', 2),
  perCellFigures('infonce', 3),
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
  {
    name: 'identify-by-ratio',
    statement:
      'Asked which of "new york", "new zealand", "new england", "new diego" and "new angeles" exists, InfoNCE scores the first three alike and the last two zero.',
    rule: `for every seed the first three are within a factor of ${ALIKE}, the last two below ${100 * NONE} % of the least of them`,
    judge: ({ places }) => judgeIdentified(places, 'f', ({ learnedRatio }) => learnedRatio),
  },
  {
    name: 'identify-by-likelihood',
    statement: 'Asked the same, p(y | x) prefers "new york", the most frequent.',
    rule: 'for every seed p(york | new) is more than five times p(zealand | new) and p(england | new)',
    judge: ({ places }) =>
      judgeSeeds(
        places,
        'p(y | x)',
        ({ conditional }) => conditional,
        ([york, ...others]) => others.every((value) => york > 5 * value),
      ),
  },
  {
    name: 'identify-by-corrected-likelihood',
    statement:
      'GPT-3’s correction p(completion | context) / p(completion | any context) identifies them as the ratio does.',
    rule: `for every seed the first three are within a factor of ${ALIKE}, the last two below ${100 * NONE} % of the least of them`,
    judge: ({ places }) =>
      judgeIdentified(places, 'corrected p(y | x)', ({ corrected }) => corrected),
  },
];

/** Whether the names that exist are scored alike, and those that do not zero. */
function judgeIdentified(
  places: readonly PlaceRow[],
  what: string,
  of: (row: PlaceRow) => number,
): Judgement {
  return judgeSeeds(places, what, of, (scores) => {
    const existing = scores.slice(0, PLACE_NAMES.existing.length);
    const invented = scores.slice(PLACE_NAMES.existing.length);
    const least = Math.min(...existing);
    return Math.max(...existing) <= ALIKE * least && Math.max(...invented) < NONE * least;
  });
}

/** Whether the scores of the names, those that exist first, pass for every seed. */
function judgeSeeds(
  places: readonly PlaceRow[],
  what: string,
  of: (row: PlaceRow) => number,
  passes: (scores: readonly number[]) => boolean,
): Judgement {
  const seeds = [...new Set(places.map(({ seed }) => seed))];
  const scores = seeds.map((seed) => places.filter((row) => row.seed === seed).map(of));
  const names = places.slice(0, scores[0]?.length).map(({ name }) => name);
  const evidence = names.map(
    (name, i) => `${name} ${scores.map((values) => digits(values[i])).join(', ')}`,
  );
  return judgeEverySeed(scores.map(passes), `${what}: ${evidence.join('; ')}`);
}

/**
 * The published figures read as an average over the table's cells, which is what PyTorch's `kl_div`
 * returns by default.
 */
function perCellFigures(objective: TableObjective, column: 1 | 2 | 3): Claim<InfonceEvidence> {
  const figures = PUBLISHED.map((row) => `${digits(row[column])} (${row[0]})`).join(', ');
  return {
    name: `published-kl-${objective}-per-cell`,
    statement: `With ${objective}, KL(p || normalised f) divided by the number of cells is about ${figures}.`,
    rule: `the mean over seeds divided by the cells is at most ${SAME_ORDER} times the published figure on each data set`,
    judge: ({ measures }) =>
      judgeFigures(measures, objective, column, ({ klJoint, cells }) => klJoint / cells),
  };
}

function publishedFigures(objective: TableObjective, column: 1 | 2 | 3): Claim<InfonceEvidence> {
  const figures = PUBLISHED.map((row) => `${digits(row[column])} (${row[0]})`).join(', ');
  return {
    name: `published-kl-${objective}`,
    statement: `With ${objective}, KL(p || normalised f) is about ${figures}.`,
    rule: `the mean over seeds is at most ${SAME_ORDER} times the published figure on each data set`,
    judge: ({ measures }) => judgeFigures(measures, objective, column, ({ klJoint }) => klJoint),
  };
}

/** Whether a measure is of the published size on each data set. */
function judgeFigures(
  measures: readonly MeasureRow[],
  objective: TableObjective,
  column: 1 | 2 | 3,
  of: (row: MeasureRow) => number,
): Judgement {
  return allOf(
    PUBLISHED.map((row): Judgement => {
      const [data, published] = [row[0], row[column]];
      const rows = measures.filter((one) => one.objective === objective && one.data === data);
      if (rows.length === 0) return undecided(`${data}: not measured`);
      const mean = rows.reduce((sum, one) => sum + of(one), 0) / rows.length;
      const corrected = Math.max(...rows.map(({ klCorrected }) => klCorrected));
      const note =
        objective === 'infonce' ? `, ${digits(corrected)} after multiplying by p(x) p(y)` : '';
      return holdsIf(
        mean <= SAME_ORDER * published,
        `${data}: ${digits(mean)} (published ${digits(published)})${note}`,
      );
    }),
  );
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
