import type { Place } from '../yaml/place.ts';
import type { StageDeclaration, When } from './grammar.ts';
import type { RawSource } from './graph.ts';
import type { CoordinateList } from './names.ts';

/** A value and where it is declared. */
export interface Located<T> {
  readonly value: T;
  readonly place: Place;
}

/** One value of an axis: the coordinates it sets together, the axis's own first. */
export interface Point {
  readonly coordinates: CoordinateList;
  /** Their part of the name of a folder; it differs from those of the other values in more than case. */
  readonly folder: string;
  readonly place: Place;
}

/** `{ from: split/parts, column: name }`: values that a stage finds. */
interface AxisSource {
  readonly stage: string;
  readonly output: string;
  readonly column: string;
  /** Of `split/parts`. */
  readonly place: Place;
}

export interface Axis {
  readonly name: string;
  readonly place: Place;
  /** None where the values come from a table and are not known. */
  readonly points: readonly Point[];
  readonly source?: AxisSource;
}

/** `inputs: { weights: train/weights }` */
export interface InputSpec {
  readonly name: string;
  readonly stage: string;
  readonly output: string;
  readonly place: Place;
}

/** The raw input of another stage: `fit.table`. */
export interface SharedSource {
  readonly as: string;
}

/** `inputs: { data: { files: data/train.csv } }` */
export interface RawSpec<S = RawSource | SharedSource> {
  readonly name: string;
  readonly source: S;
  readonly place: Place;
}

/** Selects the instances that have one of the listed values on every axis that `when` names. */
export interface Condition {
  readonly when: When;
  readonly place: Place;
}

/** The declaration of a stage, or a profile's changes to it. */
export interface StageSpec extends StageDeclaration {
  readonly name: string;
  readonly place: Place;
  /** The group whose file declares it; `undefined` in the pipeline file itself. */
  readonly group: string | undefined;
}

/** A named set of changes to the pipeline. */
export interface Profile {
  readonly axes: ReadonlyMap<string, Axis>;
  readonly stages: ReadonlyMap<string, StageSpec>;
}

/** The pipeline file and its groups' files, validated. Maps keep the order of declaration. */
export interface PipelineSpec {
  /** The file in stages/, without `.ts`, that adds checks to `pipe doctor`. */
  readonly doctor: string | undefined;
  /** The file in stages/, without `.ts`, that adds pages to `pipe report`. */
  readonly report: string | undefined;
  readonly axes: ReadonlyMap<string, Axis>;
  readonly stages: ReadonlyMap<string, StageSpec>;
  readonly profiles: ReadonlyMap<string, Profile>;
}

/** Always available: without changes of its own it is the pipeline as declared. */
export const DEFAULT_PROFILE = 'default';
