import type { RowTypes } from '../../tables/records.ts';

/** How far differences of values are from a gradient. */
export interface CheckRow {
  readonly operation: string;
  readonly difference: 'forward' | 'central';
  readonly epsilon: number;
  /** Largest error of the argument's numbers, of its largest gradient. */
  readonly error: number;
}

export const CHECK_TABLE: RowTypes<CheckRow> = {
  operation: 'utf8',
  difference: 'utf8',
  epsilon: 'float64',
  error: 'float64',
};

/** A step of both trainings: the loss before it, and the line p = 1/2 after it. */
export interface StepRow {
  /** From 1 on. */
  readonly step: number;
  readonly loss: number;
  readonly engineLoss: number;
  /** Largest difference of a weight or the bias between the two. */
  readonly difference: number;
  readonly w1: number;
  readonly w2: number;
  readonly bias: number;
}

export const STEP_TABLE: RowTypes<StepRow> = {
  step: 'int32',
  loss: 'float64',
  engineLoss: 'float64',
  difference: 'float64',
  w1: 'float64',
  w2: 'float64',
  bias: 'float64',
};

/** A point that the trained line was not made from. */
export interface PointRow {
  readonly x: number;
  readonly y: number;
  /** 0 or 1. */
  readonly own: number;
  /** Probability of class 1 by the trained weights. */
  readonly p: number;
}

export const POINT_TABLE: RowTypes<PointRow> = {
  x: 'float64',
  y: 'float64',
  own: 'int32',
  p: 'float64',
};

export interface AutodiffEvidence {
  readonly checks: readonly CheckRow[];
  readonly steps: readonly StepRow[];
  readonly points: readonly PointRow[];
  /** The middles of the classes are this and its negative. */
  readonly middle: readonly [number, number];
}
