import type { RowTypes } from '../../tables/records.ts';

export const SPLITS = ['train', 'val'] as const;
export type Split = (typeof SPLITS)[number];

/** A sentence in both languages, as units with spaces between them. */
export interface PairRow {
  readonly split: Split;
  readonly french: string;
  readonly english: string;
}

export const PAIR_TABLE: RowTypes<PairRow> = { split: 'utf8', french: 'utf8', english: 'utf8' };

/** A merge of byte-pair encoding, in order. */
export interface MergeRow {
  readonly left: string;
  readonly right: string;
}

export const MERGE_TABLE: RowTypes<MergeRow> = { left: 'utf8', right: 'utf8' };

/** All that sentences may be made of; the order gives tokens their numbers. */
export interface UnitRow {
  readonly unit: string;
}

export const UNIT_TABLE: RowTypes<UnitRow> = { unit: 'utf8' };

/** One evaluation during a training. */
export interface PointRow {
  readonly step: number;
  /** Mean cross-entropy per token of the last batch, nats. */
  readonly loss: number;
  /** Share of training sentences that are translated word for word. */
  readonly exactMatch: number;
  /** Corpus BLEU, from 0 to 1. */
  readonly trainBleu: number;
  readonly heldOutBleu: number;
}

export const POINT_TABLE: RowTypes<PointRow> = {
  step: 'int32',
  loss: 'float64',
  exactMatch: 'float64',
  trainBleu: 'float64',
  heldOutBleu: 'float64',
};

/** A greedy translation after the last step, in words. */
export interface TranslationRow {
  readonly split: Split;
  readonly french: string;
  readonly reference: string;
  readonly translation: string;
  /** Of the sentence, from 0 to 1. */
  readonly bleu: number;
}

export const TRANSLATION_TABLE: RowTypes<TranslationRow> = {
  split: 'utf8',
  french: 'utf8',
  reference: 'utf8',
  translation: 'utf8',
  bleu: 'float64',
};

/** How much of a French unit an English one reads, in a training sentence. */
export interface AttentionRow {
  /** Places in the sentences, from 0. */
  readonly target: number;
  readonly source: number;
  readonly english: string;
  readonly french: string;
  /** Mean of the last layer's heads; a target unit's weights sum to 1. */
  readonly weight: number;
}

export const ATTENTION_TABLE: RowTypes<AttentionRow> = {
  target: 'int32',
  source: 'int32',
  english: 'utf8',
  french: 'utf8',
  weight: 'float64',
};

/** One training: its curve and what it said in the end. */
export interface TranslationRun {
  readonly seed: number;
  readonly points: readonly PointRow[];
  readonly translations: readonly TranslationRow[];
  readonly attention: readonly AttentionRow[];
}

export interface TranslationEvidence {
  readonly pairs: readonly PairRow[];
  readonly runs: readonly TranslationRun[];
}
