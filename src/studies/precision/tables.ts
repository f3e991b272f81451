import type { RowTypes } from '../../tables/records.ts';
import type { Arithmetic } from './arithmetic.ts';

/** Sizes of the perceptron. */
export const SIZES = ['small', 'medium', 'large'] as const;
export type Size = (typeof SIZES)[number];

/** A training after some steps, its weights asked in float32. */
export interface CurveRow {
  readonly mlp: Size;
  readonly arithmetic: Arithmetic;
  readonly seed: number;
  /** Width of the hidden layers. */
  readonly hidden: number;
  /** Numbers that are trained. */
  readonly parameters: number;
  readonly step: number;
  /** Mean cross-entropy on examples of the training, nats. */
  readonly loss: number;
  /** On other examples. */
  readonly accuracy: number;
  /** Of the loss, 0 where it is not scaled. */
  readonly scale: number;
}

export const CURVE_TABLE: RowTypes<CurveRow> = {
  mlp: 'utf8',
  arithmetic: 'utf8',
  seed: 'int32',
  hidden: 'int32',
  parameters: 'int32',
  step: 'int32',
  loss: 'float64',
  accuracy: 'float64',
  scale: 'float64',
};

/** Kinds of numbers that are counted. `update` is η ∂L/∂w, in units of its weight's power of two. */
export const KINDS = ['activation gradient', 'weight gradient', 'update', 'error'] as const;
export type Kind = (typeof KINDS)[number];

/** How many numbers of a kind, other than 0, have a size from 2^exponent up to twice that. */
export interface ExponentRow {
  readonly mlp: Size;
  /** `float32`: as they are; `all`: scaled, in float16. */
  readonly arithmetic: Arithmetic;
  readonly seed: number;
  readonly step: number;
  readonly kind: Kind;
  readonly exponent: number;
  readonly count: number;
}

export const EXPONENT_TABLE: RowTypes<ExponentRow> = {
  mlp: 'utf8',
  arithmetic: 'utf8',
  seed: 'int32',
  step: 'int32',
  kind: 'utf8',
  exponent: 'int32',
  count: 'float64',
};

/** What is varied on the small perceptron: the loss's factor, or the learning rate. */
export const KNOBS = ['loss weight', 'learning rate'] as const;
export type Knob = (typeof KNOBS)[number];

/** A training's end with a knob at a value. */
export interface SweepRow {
  readonly knob: Knob;
  readonly value: number;
  readonly arithmetic: Arithmetic;
  readonly seed: number;
  readonly start: number;
  /** Mean cross-entropy on examples of the training at the end, nats; `start`: before the first step. */
  readonly loss: number;
}

export const SWEEP_TABLE: RowTypes<SweepRow> = {
  knob: 'utf8',
  value: 'float64',
  arithmetic: 'utf8',
  seed: 'int32',
  start: 'float64',
  loss: 'float64',
};

/** The mean of equal losses of ln 10, summed up in float16. */
export interface MeanRow {
  readonly order: 'one by one' | 'in pairs';
  /** A power of two. */
  readonly terms: number;
  readonly mean: number;
}

export const MEAN_TABLE: RowTypes<MeanRow> = { order: 'utf8', terms: 'int32', mean: 'float64' };

export interface PrecisionEvidence {
  readonly curves: readonly CurveRow[];
  readonly exponents: readonly ExponentRow[];
  readonly sweeps: readonly SweepRow[];
  readonly means: readonly MeanRow[];
}
