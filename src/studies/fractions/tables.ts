import type { RowTypes } from '../../tables/records.ts';
import type { Role } from './expressions.ts';

/** What a head does with what it reads: hand it on, or bind it to a role first. */
export const BINDINGS = ['attention', 'roles'] as const;
export type Binding = (typeof BINDINGS)[number];

/** Accuracy at a depth, during a training. */
export interface PointRow {
  readonly step: number;
  /** Mean cross-entropy per token of the last batch, nats. */
  readonly loss: number;
  readonly depth: number;
  /** Share of held-out expressions of the depth that are answered right to the last symbol. */
  readonly exactMatch: number;
}

export const POINT_TABLE: RowTypes<PointRow> = {
  step: 'int32',
  loss: 'float64',
  depth: 'int32',
  exactMatch: 'float64',
};

/** A held-out expression, in the end. */
export interface AnswerRow {
  readonly depth: number;
  /** Letters in it. */
  readonly leaves: number;
  readonly expression: string;
  /** 1 if it is answered right to the last symbol. */
  readonly right: number;
}

export const ANSWER_TABLE: RowTypes<AnswerRow> = {
  depth: 'int32',
  leaves: 'int32',
  expression: 'utf8',
  right: 'int32',
};

/** An example prompt and the greedy answer to it. */
export interface PromptRow {
  readonly prompt: string;
  readonly depth: number;
  readonly expected: string;
  readonly answer: string;
}

export const PROMPT_TABLE: RowTypes<PromptRow> = {
  prompt: 'utf8',
  depth: 'int32',
  expected: 'utf8',
  answer: 'utf8',
};

/** How well a linear map reads the letter in a role from the hidden vector at the main division. */
export interface ProbeRow {
  readonly role: Role;
  /** Of the expressions it is asked about; it is made from others of the deepest trained depth. */
  readonly depth: number;
  readonly model: 'trained' | 'untrained';
  readonly accuracy: number;
  /** Expressions that it is asked about. */
  readonly asked: number;
}

export const PROBE_TABLE: RowTypes<ProbeRow> = {
  role: 'utf8',
  depth: 'int32',
  model: 'utf8',
  accuracy: 'float64',
  asked: 'int32',
};

/** How large the model is. */
export interface SizeRow {
  readonly parameters: number;
}

export const SIZE_TABLE: RowTypes<SizeRow> = { parameters: 'int32' };

/** One training. */
export interface FractionRun {
  readonly binding: Binding;
  readonly seed: number;
  readonly parameters: number;
  readonly points: readonly PointRow[];
  readonly answers: readonly AnswerRow[];
  readonly prompts: readonly PromptRow[];
  readonly probes: readonly ProbeRow[];
}

export interface FractionsEvidence {
  readonly runs: readonly FractionRun[];
  /** The deepest expressions that were trained on. */
  readonly deepest: number;
}
