import type { Coordinates } from './contract.ts';
import type { Params } from './grammar.ts';
import type { InputBinding, InstanceId, RawInput, StageDescription } from './graph.ts';
import type { ResolvedStage } from './resolve.ts';
import type { Located } from './spec.ts';

/** An expanded pipeline whose params are not validated yet. */
export interface Draft {
  readonly profile: string;
  readonly stages: readonly StageDraft[];
}

export interface StageDraft {
  readonly stage: ResolvedStage;
  readonly description: StageDescription;
  /** Every distinct set of params among the instances. */
  readonly variants: readonly ParamVariant[];
  readonly instances: readonly InstanceDraft[];
}

export interface ParamVariant {
  /** Merged to the params; with their places, for diagnostics. */
  readonly layers: readonly Located<Params>[];
  readonly params: Params;
}

export interface InstanceDraft {
  readonly id: InstanceId;
  readonly axes: Coordinates;
  readonly folder: string;
  readonly inputs: readonly InputBinding[];
  readonly raw?: readonly RawInput[];
  /** Index of its params among the variants. */
  readonly variant: number;
}
