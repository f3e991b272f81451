import type { RowTypes } from '../../tables/records.ts';

/** How many different sets of scenes queries of a depth select. */
export interface SubsetRow {
  /** The last kind of atom that may occur, in the order exist, count, relation; or lists of scenes. */
  readonly atoms: string;
  /** Atoms of a conjunction, or scenes of a list, at most. */
  readonly depth: number;
  /** Without the empty set. */
  readonly subsets: number;
  readonly bits: number;
}

export const SUBSET_TABLE: RowTypes<SubsetRow> = {
  atoms: 'utf8',
  depth: 'int32',
  subsets: 'float64',
  bits: 'float64',
};

/**
 * Queries, the deeper the later: one atom of each kind, conjunctions of two and three atoms of any kinds;
 * and lists of scenes, which no description bounds.
 */
export const LEVELS = ['exist', 'count', 'relation', 'two atoms', 'three atoms', 'list'] as const;
export type Level = (typeof LEVELS)[number];

/** How well the queries of a level are answered. */
export interface ScoreRow {
  /** `floor`: free vectors; `half`: the model of half the size that reads query and scene together. */
  readonly model: 'contrastive' | 'half' | 'floor';
  /** Numbers per vector; 0 where there is none. */
  readonly d: number;
  readonly seed: number;
  readonly level: Level;
  /** Queries. */
  readonly queries: number;
  /** Mean number of scenes that a query selects. */
  readonly size: number;
  /** Of the even distribution over the selected scenes from the softmax of the scores; nats. */
  readonly kl: number;
  readonly overlap: number;
  /** Of the model. */
  readonly parameters: number;
}

export const SCORE_TABLE: RowTypes<ScoreRow> = {
  model: 'utf8',
  d: 'int32',
  seed: 'int32',
  level: 'utf8',
  queries: 'int32',
  size: 'float64',
  kl: 'float64',
  overlap: 'float64',
  parameters: 'int32',
};

export interface ScenesEvidence {
  /** Scenes that queries select from. */
  readonly scenes: number;
  readonly subsets: readonly SubsetRow[];
  readonly scores: readonly ScoreRow[];
}
