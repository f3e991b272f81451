import type { RowTypes } from '../../tables/records.ts';

/** A kind of structure, and the vectors that unbind it. */
export type Method = 'dual' | 'self' | 'self, orthogonal' | 'tree, dual' | 'hadamard';

/** How many of its fillers one kind of structure gives back. */
export interface RecoveryRow {
  readonly method: Method;
  /** Numbers per role, or n of Hadamard vectors. */
  readonly dimension: number;
  /** Depth of trees; 0 for lists. */
  readonly depth: number;
  /** Fillers per structure. */
  readonly held: number;
  /** Numbers per structure. */
  readonly numbers: number;
  /** Share of fillers recovered. */
  readonly recovered: number;
  /** Share expected by theory, for `hadamard`. */
  readonly expected?: number;
  /** Rank of the structure's matrix of fillers against roles, the highest of the trials. */
  readonly rank?: number;
}

export const RECOVERY_TABLE: RowTypes<RecoveryRow> = {
  method: 'utf8',
  dimension: 'int32',
  depth: 'int32',
  held: 'int32',
  numbers: 'int32',
  recovered: 'float64',
  expected: 'float64',
  rank: 'int32',
};

/** The structures that are measured. */
export interface Structures {
  /** V: fillers to choose from. */
  readonly fillers: number;
  /** F: numbers per filler of tensor products. */
  readonly fillerLength: number;
  /** Bindings per list. */
  readonly bindings: number;
  /** Random structures per row. */
  readonly trials: number;
}

export interface BindingEvidence extends Structures {
  readonly rows: readonly RecoveryRow[];
}
