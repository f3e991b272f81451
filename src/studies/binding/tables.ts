import type { RowTypes } from '../../tables/records.ts';

/** A kind of structure, and the vectors that unbind it. */
export type Method =
  | 'dual'
  | 'self'
  | 'self, orthogonal'
  | 'tree, dual'
  | 'hadamard'
  | 'holographic'
  | 'holographic, unitary'
  | 'spatter'
  | 'spatter, nested';

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
  /** Share expected by theory, where there is one. */
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

/** How many leaves of trees of one shape a vector gives back. */
export interface ShapeRow {
  readonly method: Method;
  readonly leaves: number;
  readonly height: number;
  readonly width: number;
  readonly numbers: number;
  readonly recovered: number;
}

export const SHAPE_TABLE: RowTypes<ShapeRow> = {
  method: 'utf8',
  leaves: 'int32',
  height: 'int32',
  width: 'int32',
  numbers: 'int32',
  recovered: 'float64',
};

/** Tree reconstruction error of an encoder of pairs under a composition. */
export interface ReconstructionRow {
  /** `bag`, `bound` or `random`. */
  readonly encoder: string;
  /** `addition`, `addition by place` or `open`. */
  readonly composition: string;
  /** Free vectors of the composition, of the pairs that they are fitted to. */
  readonly free: number;
  /** On these pairs, and on others. */
  readonly error: number;
  readonly unseen: number;
  /** Share of the pairs whose code is that of no other pair. */
  readonly distinct: number;
}

export const RECONSTRUCTION_TABLE: RowTypes<ReconstructionRow> = {
  encoder: 'utf8',
  composition: 'utf8',
  free: 'float64',
  error: 'float64',
  unseen: 'float64',
  distinct: 'float64',
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
  /** k: the parts of pairs whose reconstruction is measured. */
  readonly primitives: number;
}

export interface BindingEvidence extends Structures {
  readonly rows: readonly RecoveryRow[];
  readonly shapes: readonly ShapeRow[];
  readonly reconstructions: readonly ReconstructionRow[];
}
