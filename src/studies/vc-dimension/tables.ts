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
  /** Share that Cover's formula gives. */
  readonly cover: number;
}

export const LABELINGS: RowTypes<LabelingRow> = {
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
export interface VcRow {
  readonly d: number;
  readonly bias: 'with' | 'without';
  readonly vcDimension: number;
  /** The smallest n tried of which no set of points was shattered, and how many sets that were. */
  readonly unshattered: number;
  readonly sets: number;
}

export const VC_TABLE: RowTypes<VcRow> = {
  d: 'int32',
  bias: 'utf8',
  vcDimension: 'int32',
  unshattered: 'int32',
  sets: 'int32',
};

/** The VC dimensions that exhaustive rows show, for every d and kind that they settle. */
export function vcDimensions(rows: readonly LabelingRow[]): readonly VcRow[] {
  const found: VcRow[] = [];
  const all = rows.filter(({ labelings }) => labelings === 'all');
  for (const bias of ['without', 'with'] as const) {
    for (const d of new Set(all.map((row) => row.d))) {
      const own = all.filter((row) => row.d === d && row.bias === bias);
      const isShattered = (n: number) =>
        own.some((row) => row.n === n && row.separable === row.tried);
      const sizes = [...new Set(own.map(({ n }) => n))].sort((a, b) => a - b);
      const at = sizes.findIndex((n) => !isShattered(n));
      if (at <= 0) continue;
      const unshattered = sizes[at];
      const sets = own.filter(({ n }) => n === unshattered).length;
      found.push({ d, bias, vcDimension: sizes[at - 1], unshattered, sets });
    }
  }
  return found;
}
