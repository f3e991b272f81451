import type { RowTypes } from '../tables/records.ts';
import { PREDICTORS, type Predictors } from './predictors/predictors.ts';

/** What one dimension reaches on a problem: the best of all restarts and aims. */
export interface CurveRow {
  readonly problem: string;
  readonly d: number;
  readonly recallFitted: number;
  /** On held-out queries, as all that follows. */
  readonly recall: number;
  readonly ndcg: number;
  readonly klFitted: number;
  readonly kl: number;
}

export const CURVE: RowTypes<CurveRow> = {
  problem: 'utf8',
  d: 'int32',
  recallFitted: 'float64',
  recall: 'float64',
  ndcg: 'float64',
  klFitted: 'float64',
  kl: 'float64',
};

/** A problem, what it shows without a fit, and the dimensions that it was found to need. */
export interface ProblemRow extends Predictors {
  readonly problem: string;
  readonly d90: number;
  readonly d99: number;
  readonly dExact: number;
}

export const PROBLEM: RowTypes<ProblemRow> = {
  problem: 'utf8',
  d90: 'int32',
  d99: 'int32',
  dExact: 'int32',
  ...PREDICTORS,
};

/** What one restart reached on one part of the queries. */
export interface FitRow {
  readonly d: number;
  readonly restart: number;
  /** `kl`, `margin`, or the theory that needs no fit. */
  readonly aim: string;
  /** `fitted` or `held out`. */
  readonly part: string;
  readonly queries: number;
  readonly recall: number;
  readonly recallError: number;
  readonly ndcg: number;
  readonly kl: number;
}

export const FIT: RowTypes<FitRow> = {
  d: 'int32',
  restart: 'int32',
  aim: 'utf8',
  part: 'utf8',
  queries: 'int32',
  recall: 'float64',
  recallError: 'float64',
  ndcg: 'float64',
  kl: 'float64',
};

/** The best that one budget reaches: of both aims and all restarts. */
export interface BudgetRow {
  readonly d: number;
  /** B: bits per coordinate of an item; 32 are floats. */
  readonly bits: number;
  /** m: vectors of d / m numbers per item. */
  readonly pieces: number;
  /** `post-training`, `straight-through` or `none`. */
  readonly rounding: string;
  readonly recallFitted: number;
  readonly recall: number;
  readonly recallError: number;
  readonly ndcg: number;
  readonly kl: number;
}

export const BUDGET: RowTypes<BudgetRow> = {
  d: 'int32',
  bits: 'int32',
  pieces: 'int32',
  rounding: 'utf8',
  recallFitted: 'float64',
  recall: 'float64',
  recallError: 'float64',
  ndcg: 'float64',
  kl: 'float64',
};

/** How somebody's vectors rank held-out queries, whole or reduced to d numbers. */
export interface OwnVectorsRow {
  readonly d: number;
  /** `as given`, `truncation`, `PCA` or `learnt map`. */
  readonly method: string;
  /** Query vectors: their `own`, or `free`: the best for these items. */
  readonly queries: string;
  readonly recallFitted: number;
  readonly recall: number;
  readonly recallError: number;
  readonly ndcg: number;
  readonly kl: number;
}

export const OWN_VECTORS: RowTypes<OwnVectorsRow> = {
  d: 'int32',
  method: 'utf8',
  queries: 'utf8',
  recallFitted: 'float64',
  recall: 'float64',
  recallError: 'float64',
  ndcg: 'float64',
  kl: 'float64',
};

/** What was read of a file of judgements, and what was taken of that. */
export interface JudgementsSummary {
  readonly format: string;
  readonly lines: number;
  readonly repeated: number;
  readonly withoutItems: number;
  readonly allQueries: number;
  readonly allItems: number;
  /** Taken: fewer than all if it is a sample. */
  readonly queries: number;
  readonly items: number;
  /** Queries that did not fit into the sample with all of their items. */
  readonly passedOver: number;
  /** Of the queries taken. */
  readonly heldOut: number;
}

export const JUDGEMENTS_SUMMARY: RowTypes<JudgementsSummary> = {
  format: 'utf8',
  lines: 'int32',
  repeated: 'int32',
  withoutItems: 'int32',
  allQueries: 'int32',
  allItems: 'int32',
  queries: 'int32',
  items: 'int32',
  passedOver: 'int32',
  heldOut: 'int32',
};

/** A budget measured on one of the problems. */
export interface ProblemBudgetRow extends BudgetRow {
  readonly problem: string;
}

export const PROBLEM_BUDGET: RowTypes<ProblemBudgetRow> = { problem: 'utf8', ...BUDGET };

/** How well something foretells a dimension, on problems left out of its regression. */
export interface PredictionRow {
  readonly predictor: string;
  /** `d90` or `d99`. */
  readonly target: string;
  readonly problems: number;
  /** The factor by which it is usually off, one problem left out; a family of problems left out. */
  readonly factor: number;
  readonly familyFactor: number;
  /** Spearman's rank correlation of predicted and found, likewise. */
  readonly correlation: number;
  readonly familyCorrelation: number;
}

export const PREDICTION: RowTypes<PredictionRow> = {
  predictor: 'utf8',
  target: 'utf8',
  problems: 'int32',
  factor: 'float64',
  familyFactor: 'float64',
  correlation: 'float64',
  familyCorrelation: 'float64',
};

/** The best that vectors of d numbers were found to reach. */
export interface AtDimension {
  readonly d: number;
  /** Held-out recall@|S| (fitted, if no query is held out) of the best restart. */
  readonly recall: number;
  /** Its 95 % interval over the queries. */
  readonly recallLow: number;
  readonly recallHigh: number;
  /** Recall of the worst restart, each with its better aim: how much depends on the start. */
  readonly recallWorst: number;
  readonly recallFitted: number;
  readonly ndcg: number;
  readonly kl: number;
  readonly klFitted: number;
  /** Whether theory gives it: no fit was made. */
  readonly exact: boolean;
}

export const BY_DIMENSION: RowTypes<Omit<AtDimension, 'exact'>> = {
  d: 'int32',
  recall: 'float64',
  recallLow: 'float64',
  recallHigh: 'float64',
  recallWorst: 'float64',
  recallFitted: 'float64',
  ndcg: 'float64',
  kl: 'float64',
  klFitted: 'float64',
};
