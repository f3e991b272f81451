import type { RowTypes } from '../../tables/records.ts';

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
  /** Trained: share of queries whose keys all score above all other keys, mean over the seeds. */
  readonly accuracy: number;
  /** Trained: the best of the seeds. */
  readonly bestAccuracy: number;
  readonly overlap: number;
  readonly kl: number;
  /** Truncated SVD: the same share of queries. */
  readonly svdAccuracy: number;
  /** Truncated SVD: share of entries that rounding at 1/2 gets right. */
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

/**
 * The dimensions from which on one deck is learned; absent where none of those tried is large enough.
 */
export interface ThresholdRow {
  readonly attributes: number;
  readonly values: number;
  readonly rank: number;
  /** The smallest d with accuracy 1 for the best of the seeds. */
  readonly firstExact?: number;
  /** The smallest d such that accuracy is 1 at it and every larger d tried, for every seed. */
  readonly alwaysExact?: number;
  /** The smallest d such that mean KL is below `KL_TOLERANCE` at it and every larger d tried. */
  readonly predicts?: number;
  /** The smallest d such that the rounded truncated SVD is the matrix at it and every larger d tried. */
  readonly svdRounds?: number;
}

export const THRESHOLD_TABLE: RowTypes<ThresholdRow> = {
  attributes: 'int32',
  values: 'int32',
  rank: 'int32',
  firstExact: 'int32',
  alwaysExact: 'int32',
  predicts: 'int32',
  svdRounds: 'int32',
};

export interface LowRankEvidence {
  readonly rows: readonly LowRankRow[];
  readonly thresholds: readonly ThresholdRow[];
}
