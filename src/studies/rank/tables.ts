import type { Deck } from '../../study/deck/deck.ts';
import type { RowTypes } from '../../tables/records.ts';
import type { PairGame } from '../pair-matrix.ts';

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

/** The bounds that prove a rank. */
export interface ProofRow {
  readonly game: PairGame;
  readonly attributes: number;
  readonly values: number;
  readonly distinctColumns: number;
  readonly prime: number;
  /** Lower bound: the rank modulo the prime. */
  readonly lower: number;
  /** Independent integer vectors w with w M = 0. */
  readonly annihilators: number;
  /** Upper bound: keys - annihilators. */
  readonly upper: number;
  /** `closedFormRank` */
  readonly closedForm: number;
}

export const PROOF_TABLE: RowTypes<ProofRow> = {
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

export interface RankEvidence {
  readonly ranks: readonly RankRow[];
  readonly proofs: readonly ProofRow[];
  /** The deck whose matrix is drawn. */
  readonly deck: Deck;
}
