import type { RowTypes } from '../../tables/records.ts';

/** One training of free embeddings on subsets of n documents. */
export interface TrainingRow {
  readonly d: number;
  readonly seed: number;
  readonly n: number;
  readonly queries: number;
  readonly steps: number;
  readonly loss: number;
  /** The best recall@k of the training. */
  readonly accuracy: number;
}

export const TRAINING_TABLE: RowTypes<TrainingRow> = {
  d: 'int32',
  seed: 'int32',
  n: 'int32',
  queries: 'int32',
  steps: 'int32',
  loss: 'float64',
  accuracy: 'float64',
};

/** The largest number of documents whose pairs are all learned. */
export interface CriticalNRow {
  readonly d: number;
  readonly seed: number;
  readonly criticalN: number;
  /** The largest number that was learned at all, found by the search or by the sweep around it. */
  readonly largestN: number;
}

export const CRITICAL_N_TABLE: RowTypes<CriticalNRow> = {
  d: 'int32',
  seed: 'int32',
  criticalN: 'int32',
  largestN: 'int32',
};

/** How many subsets of at most k of m documents the cyclic polytope of 2k dimensions realises. */
export interface CyclicRow {
  readonly m: number;
  readonly k: number;
  /** 2k */
  readonly dimension: number;
  readonly arithmetic: 'exact' | 'float32';
  readonly subsets: number;
  readonly realised: number;
}

export const CYCLIC_TABLE: RowTypes<CyclicRow> = {
  m: 'int32',
  k: 'int32',
  dimension: 'int32',
  arithmetic: 'utf8',
  subsets: 'int32',
  realised: 'int32',
};

export interface RetrievalEvidence {
  readonly criticalN: readonly CriticalNRow[];
  readonly limitSmall: readonly TrainingRow[];
  readonly cyclic: readonly CyclicRow[];
}
