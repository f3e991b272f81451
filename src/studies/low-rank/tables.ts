import type { RowTypes } from '../../tables/records.ts';
import type { LowRankThresholds } from './thresholds.ts';

/** Embeddings of one dimension on one deck, beside the truncated SVD of the same rank. */
export interface LowRankRow {
  readonly attributes: number;
  readonly values: number;
  readonly keys: number;
  /** Distinct queries that match some key. */
  readonly queries: number;
  /** Exact rank of the matrix. */
  readonly rank: number;
  readonly d: number;
  /** Trained: mean over the seeds of the share of queries whose keys all score above the others. */
  readonly accuracy: number;
  /** Trained: the best of the seeds. */
  readonly bestAccuracy: number;
  readonly overlap: number;
  readonly kl: number;
  /** Truncated SVD: the same share of queries. */
  readonly svdAccuracy: number;
  /** Truncated SVD: share of entries right when rounded. */
  readonly svdRounded: number;
  /** Truncated SVD: share of the squared norm left over. */
  readonly svdResidual: number;
}

export const LOW_RANK_TABLE: RowTypes<LowRankRow> = {
  attributes: 'int32',
  values: 'int32',
  keys: 'int32',
  queries: 'int32',
  rank: 'int32',
  d: 'int32',
  accuracy: 'float64',
  bestAccuracy: 'float64',
  overlap: 'float64',
  kl: 'float64',
  svdAccuracy: 'float64',
  svdRounded: 'float64',
  svdResidual: 'float64',
};

export const LOW_RANK_THRESHOLDS: RowTypes<LowRankThresholds> = {
  attributes: 'int32',
  values: 'int32',
  rank: 'int32',
  firstExact: 'int32',
  alwaysExact: 'int32',
  predicts: 'int32',
  svdRounds: 'int32',
};
