import { type RowTypes, writeRows } from '../../tables/records.ts';

/** A row of the training curve. */
export interface CurvePoint {
  /** Steps done, this one included. */
  readonly step: number;
  /** Pairs per query of the batch. */
  readonly pairs: number;
  readonly loss: number;
  readonly learningRate: number;
  /** Before clipping. */
  readonly gradientNorm: number;
}

const CURVE_TABLE: RowTypes<CurvePoint> = {
  step: 'uint32',
  pairs: 'uint8',
  loss: 'float32',
  learningRate: 'float32',
  gradientNorm: 'float32',
};

/** Writes the training curve, one row per recorded step. */
export function writeCurve(path: string, curve: readonly CurvePoint[]): void {
  writeRows(path, CURVE_TABLE, curve);
}
