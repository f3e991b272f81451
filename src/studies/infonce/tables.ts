import type { RowTypes } from '../../tables/records.ts';
import type { DataSet, Joint } from './joints.ts';
import type { TableObjective } from './objectives.ts';

/** The learned score of one pair of values. */
export interface ScoreRow {
  readonly data: DataSet;
  readonly objective: TableObjective;
  readonly seed: number;
  readonly x: string;
  readonly y: string;
  /** m(x, y); f = exp m. */
  readonly score: number;
}

export const SCORE_TABLE: RowTypes<ScoreRow> = {
  data: 'utf8',
  objective: 'utf8',
  seed: 'int32',
  x: 'utf8',
  y: 'utf8',
  score: 'float64',
};

/** All scores of one data set, objective and seed. */
export interface LearnedTable {
  readonly joint: Joint;
  readonly objective: TableObjective;
  readonly seed: number;
  /** Scores; f = exp m. // [X, Y] */
  readonly m: Float64Array;
}

/** How a learned table compares with p(x, y) and with the ratio p(x, y) / (p(x) p(y)). */
export interface MeasureRow {
  readonly data: DataSet;
  readonly objective: TableObjective;
  readonly seed: number;
  /** Number of pairs of values, occurring or not. */
  readonly cells: number;
  /** KL(p || f), f normalised over all pairs: zero if the table learned p. Nats, as the others. */
  readonly klJoint: number;
  /** KL(r || f), r the normalised ratio: zero if the table learned r. */
  readonly klRatio: number;
  /** KL(p || f p(x) p(y) normalised): zero if the table learned r. */
  readonly klCorrected: number;
  /** `klJoint` on the support of p, every component of it scaled to its mass under p. */
  readonly klJointAligned: number;
  /** `klRatio` on the support of p, every component of it scaled to its mass under r. */
  readonly klRatioAligned: number;
  /** Share of f on pairs that never occur. */
  readonly leak: number;
  /** Share of pairs whose y is guessed right from x as argmax f(x, y). */
  readonly accuracyRaw: number;
  /** The same as argmax f(x, y) p(y), which by Bayes' rule is argmax p(y | x) if f is the ratio. */
  readonly accuracyCorrected: number;
  /** The same as argmax p(y | x), the best guess there is. */
  readonly accuracyBest: number;
}

export const MEASURE_TABLE: RowTypes<MeasureRow> = {
  data: 'utf8',
  objective: 'utf8',
  seed: 'int32',
  cells: 'int32',
  klJoint: 'float64',
  klRatio: 'float64',
  klCorrected: 'float64',
  klJointAligned: 'float64',
  klRatioAligned: 'float64',
  leak: 'float64',
  accuracyRaw: 'float64',
  accuracyCorrected: 'float64',
  accuracyBest: 'float64',
};

/** A name of a place, `new york` say, and what the learned tables say of it. */
export interface PlaceRow {
  readonly name: string;
  readonly seed: number;
  /** p(y | x), learned with likelihood. */
  readonly conditional: number;
  /** p(y | x) / p(y | any context), learned with likelihood. */
  readonly corrected: number;
  /** f(x, y) learned with InfoNCE, scaled to the mean ratio of the names that exist. */
  readonly learnedRatio: number;
  /** p(x, y) / (p(x) p(y)) of the counts. */
  readonly ratio: number;
}

export const PLACE_TABLE: RowTypes<PlaceRow> = {
  name: 'utf8',
  seed: 'int32',
  conditional: 'float64',
  corrected: 'float64',
  learnedRatio: 'float64',
  ratio: 'float64',
};

/** One word pair: p(y | x), the ratio, what was learned, and that times p(y), normalised over y. */
export interface WordRow {
  readonly word: string;
  readonly next: string;
  readonly conditional: number;
  readonly ratio: number;
  readonly learned: number;
  readonly corrected: number;
}

export const WORD_TABLE: RowTypes<WordRow> = {
  word: 'utf8',
  next: 'utf8',
  conditional: 'float64',
  ratio: 'float64',
  learned: 'float64',
  corrected: 'float64',
};

export interface InfonceEvidence {
  /** Those of one seed, to draw. */
  readonly tables: readonly LearnedTable[];
  readonly measures: readonly MeasureRow[];
  readonly words: readonly WordRow[];
  readonly places: readonly PlaceRow[];
}
