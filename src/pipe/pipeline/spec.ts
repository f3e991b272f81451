import type { SourceRange } from '../core/diagnostic.ts';
import type { MapNode } from '../yaml/node.ts';
import type { Coordinate } from './contract.ts';
import type { Resources } from './graph.ts';

/** A name or value and its place in the file. */
export interface Located<T> {
  readonly value: T;
  readonly range: SourceRange;
}

/** One value of an axis: the coordinates it sets together, the axis's own first. */
export interface Point {
  readonly coordinates: readonly (readonly [string, Coordinate])[];
  readonly range: SourceRange;
}

export interface Axis {
  readonly name: string;
  readonly nameRange: SourceRange;
  readonly points: readonly Point[];
}

/** `inputs: { weights: train/weights }` */
export interface InputSpec {
  readonly name: string;
  readonly nameRange: SourceRange;
  readonly stage: string;
  readonly output: string;
  /** Of the text `train/weights`. */
  readonly range: SourceRange;
}

/** Axis -> the values that match. */
export type When = ReadonlyMap<
  string,
  { readonly nameRange: SourceRange; readonly values: readonly Located<Coordinate>[] }
>;

/** Selects the instances that match `when`, e.g. those to exclude. */
export interface Condition {
  readonly when: When;
  readonly range: SourceRange;
}

/** Params for the instances that match `when`. */
export interface Override extends Condition {
  readonly params: MapNode;
}

/** The declaration of a stage, or a profile's changes to it. */
export interface StageSpec {
  readonly name: string;
  readonly nameRange: SourceRange;
  /** The group whose file declares it; `undefined` in the pipeline file itself. */
  readonly group: string | undefined;
  /** `use: train`: the stage file that implements it; default: the file of the stage's name. */
  readonly use: Located<string> | undefined;
  readonly matrix: readonly Located<string>[] | undefined;
  /** Combinations of its axes that it does not run for. */
  readonly exclude: readonly Condition[];
  readonly inputs: ReadonlyMap<string, InputSpec>;
  readonly params: MapNode | undefined;
  readonly overrides: readonly Override[];
  readonly resources: Partial<Resources>;
  /** Milliseconds. */
  readonly timeout: number | undefined;
  readonly retries: number | undefined;
  /** Milliseconds before the first retry. */
  readonly backoff: number | undefined;
}

/** A named set of changes to the pipeline. */
export interface Profile {
  readonly name: string;
  readonly nameRange: SourceRange;
  readonly axes: ReadonlyMap<string, Axis>;
  readonly stages: ReadonlyMap<string, StageSpec>;
}

/** The pipeline file and its groups' files, validated. Maps keep the order of declaration. */
export interface PipelineSpec {
  readonly file: string;
  /** The file in stages/, without `.ts`, that adds checks to `pipe doctor`. */
  readonly doctor: Located<string> | undefined;
  readonly axes: ReadonlyMap<string, Axis>;
  readonly stages: ReadonlyMap<string, StageSpec>;
  readonly profiles: ReadonlyMap<string, Profile>;
}

/** Always available: without changes of its own it is the pipeline as declared. */
export const DEFAULT_PROFILE = 'default';
