import type { RowTypes } from '../../tables/records.ts';
import type { PairGame } from './pair-matrix.ts';

/** The rank of one game's matrix. */
export interface RankRow {
  readonly game: PairGame;
  /** A */
  readonly attributes: number;
  /** v */
  readonly values: number;
  /** Columns of the matrix. */
  readonly queries: number;
  /** Rows of the matrix, v^A. */
  readonly keys: number;
  /** Over the rationals, exact. */
  readonly rank: number;
}

export const RANK_TABLE: RowTypes<RankRow> = {
  game: 'utf8',
  attributes: 'int32',
  values: 'int32',
  queries: 'int32',
  keys: 'int32',
  rank: 'int32',
};

/** What proves a rank. */
export interface RankProof {
  readonly game: PairGame;
  readonly attributes: number;
  readonly values: number;
  readonly distinctColumns: number;
  readonly prime: number;
  /** The rank modulo the prime, which the rank is not below. */
  readonly lower: number;
  /** Independent integer vectors that annihilate every column. */
  readonly annihilators: number;
  /** keys - annihilators, which the rank is not above. */
  readonly upper: number;
  /** What the formula says. */
  readonly closedForm: number;
}

export const RANK_PROOF: RowTypes<RankProof> = {
  game: 'utf8',
  attributes: 'int32',
  values: 'int32',
  distinctColumns: 'int32',
  prime: 'int32',
  lower: 'int32',
  annihilators: 'int32',
  upper: 'int32',
  closedForm: 'int32',
};
