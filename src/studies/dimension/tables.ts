import type { RowTypes } from '../../tables/records.ts';
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
