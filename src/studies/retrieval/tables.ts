import type { RowTypes } from '../../tables/records.ts';

/** One optimisation of free embeddings for all pairs of n documents. */
export interface FreeEmbeddingRun {
  readonly d: number;
  readonly seed: number;
  readonly n: number;
  readonly queries: number;
  readonly steps: number;
  readonly loss: number;
  /** Recall@k, the best along the training. */
  readonly accuracy: number;
}

export const FREE_EMBEDDING_RUNS: RowTypes<FreeEmbeddingRun> = {
  d: 'int32',
  seed: 'int32',
  n: 'int32',
  queries: 'int32',
  steps: 'int32',
  loss: 'float64',
  accuracy: 'float64',
};

export interface CriticalN {
  readonly d: number;
  readonly seed: number;
  readonly criticalN: number;
}

export const CRITICAL_N: RowTypes<CriticalN> = { d: 'int32', seed: 'int32', criticalN: 'int32' };

/** What the cyclic polytope of 2k dimensions realises of the subsets of size at most k. */
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
