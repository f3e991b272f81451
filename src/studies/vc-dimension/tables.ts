import type { RowTypes } from '../../tables/records.ts';

/** Separable labelings of one set of points. */
export interface LabelingRow {
  readonly d: number;
  /** Whether the hyperplanes have a bias. */
  readonly bias: 'with' | 'without';
  readonly n: number;
  readonly seed: number;
  /** Which labelings were tried. */
  readonly labelings: 'all' | 'random';
  readonly tried: number;
  readonly separable: number;
  /** The share of separable labelings by Cover's formula. */
  readonly cover: number;
}

export const LABELING_TABLE: RowTypes<LabelingRow> = {
  d: 'int32',
  bias: 'utf8',
  n: 'int32',
  seed: 'int32',
  labelings: 'utf8',
  tried: 'int32',
  separable: 'int32',
  cover: 'float64',
};

/** The largest n for which all 2^n labelings of n points are separable. */
export interface VcDimensionRow {
  readonly d: number;
  readonly bias: 'with' | 'without';
  readonly vcDimension: number;
  /** The smallest n for which no set of points was shattered. */
  readonly unshattered: number;
  /** How many sets of that many points were tried. */
  readonly sets: number;
}

export const VC_DIMENSION_TABLE: RowTypes<VcDimensionRow> = {
  d: 'int32',
  bias: 'utf8',
  vcDimension: 'int32',
  unshattered: 'int32',
  sets: 'int32',
};

export interface VcDimensionEvidence {
  readonly labelings: readonly LabelingRow[];
  readonly vcDimensions: readonly VcDimensionRow[];
}
