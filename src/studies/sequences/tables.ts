import type { RowTypes } from '../../tables/records.ts';
import type { Task } from './tasks.ts';

/** One evaluation during a training. */
export interface PointRow {
  readonly step: number;
  /** Mean cross-entropy per token of the last batch, nats. */
  readonly loss: number;
  /** Share of held-out examples answered right to the last symbol. */
  readonly exactMatch: number;
}

export const POINT_TABLE: RowTypes<PointRow> = {
  step: 'int32',
  loss: 'float64',
  exactMatch: 'float64',
};

/** How a training is set up: `base`, and one change to it each. */
export const VARIANTS = ['base', 'variance-1', 'same-query-key', 'no-warm-up'] as const;
export type Variant = (typeof VARIANTS)[number];

/** Smaller trainings of `reverse`, each with one change to the first. */
export const CHANGES = [
  'none',
  'learnt positions',
  'learnt positions, half',
  'untied tables',
  'zeroed outputs',
  'no warm-up',
  'batch 8',
  'batch 8, small steps',
  'batch 8, no warm-up',
  'fixed order',
] as const;
export type Change = (typeof CHANGES)[number];

/** A training with a change, and its learning curve. */
export interface ChangedRun {
  readonly change: Change;
  readonly seed: number;
  readonly points: readonly PointRow[];
}

/** The end of one training. */
export interface ResultRow {
  readonly task: Task;
  readonly variant: Variant;
  readonly seed: number;
  readonly steps: number;
  readonly exactMatch: number;
  /** The first evaluated step with exact match 0.9. */
  readonly stepsTo90?: number;
}

export const RESULT_TABLE: RowTypes<ResultRow> = {
  task: 'utf8',
  variant: 'utf8',
  seed: 'int32',
  steps: 'int32',
  exactMatch: 'float64',
  stepsTo90: 'int32',
};

/** A training and its learning curve. */
export interface SequenceRun {
  readonly task: Task;
  readonly variant: Variant;
  readonly seed: number;
  readonly points: readonly PointRow[];
}

export interface SequencesEvidence {
  readonly runs: readonly SequenceRun[];
}

export interface AblationsEvidence {
  readonly changes: readonly ChangedRun[];
}
