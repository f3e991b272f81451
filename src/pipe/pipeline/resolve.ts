import { Checker, type Diagnostic, type SourceRange } from '../core/diagnostic.ts';
import type { Json } from '../core/json.ts';
import { didYouMean, suggest } from '../core/suggest.ts';
import { Place } from '../yaml/place.ts';
import { readYaml } from '../yaml/read.ts';
import { validate } from '../yaml/validate.ts';
import { checkCoordinates, toAxis, withValues } from './axes.ts';
import { rawSource } from './command.ts';
import { raw as rawSchema } from './command-grammar.ts';
import { axis as axisSchema } from './grammar.ts';
import type { RawSource, TableValues } from './graph.ts';
import {
  axesOfStages,
  dependenciesOf,
  type MergedStage,
  mergeProfile,
  type ParamLayer,
} from './merge.ts';
import { orderStages } from './order.ts';
import {
  type Axis,
  DEFAULT_PROFILE,
  type InputSpec,
  type PipelineSpec,
  type RawSpec,
} from './spec.ts';

/** A stage with the changes of a profile and of the command line applied. */
export interface ResolvedStage extends Omit<MergedStage, 'matrix' | 'inputs' | 'raw'> {
  /** Sorted by name. */
  readonly axes: readonly Axis[];
  readonly inputs: readonly InputSpec[];
  readonly raw: readonly ResolvedRaw[];
}

/** A raw input that is read from where it says, or from where another stage's says. */
export interface ResolvedRaw extends RawSpec<RawSource> {
  /** The other stage's input, `<stage>.<input>`. */
  readonly as?: string;
}

/** The pipeline of one profile. */
export interface ResolvedPipeline {
  readonly profile: string;
  /** In topological order. */
  readonly stages: readonly ResolvedStage[];
}

/**
 * Applies a profile and the changes of the command line.
 *
 * @param sets `path=value` each: `train.encoder.layers=2` `axes.seed=[1, 2]`, or `train.data=my.csv`
 *   for an input; they take precedence over everything in the file, including overrides
 * @param known values of the axes whose tables are there, by axis
 */
export function resolve(
  spec: PipelineSpec,
  profile: string,
  sets: readonly string[],
  known: ReadonlyMap<string, TableValues> = new Map(),
): ResolvedPipeline | readonly Diagnostic[] {
  const changes = spec.profiles.get(profile);
  if (changes === undefined && profile !== DEFAULT_PROFILE) {
    const hint = suggest(profile, [DEFAULT_PROFILE, ...spec.profiles.keys()], 'profiles');
    return [{ message: `there is no profile '${profile}'`, hint }];
  }
  const merged = mergeProfile(spec, changes);
  const check = new Checker();
  const axes = new Map(merged.axes);
  const stagesBySet = new Map(merged.stages);
  const setLayers = new Map<string, readonly ParamLayer[]>();
  for (const set of sets) {
    const change = parseSet(check, set, axes, stagesBySet);
    if (change === undefined) continue;
    if ('points' in change) axes.set(change.name, change);
    else if ('raw' in change) stagesBySet.set(change.stage.name, withRaw(change.stage, change.raw));
    else setLayers.set(change.stage, [...(setLayers.get(change.stage) ?? []), change]);
  }
  for (const [name, axis] of axes) {
    const table = axis.source && known.get(name);
    if (table !== undefined) axes.set(name, withValues(axis, table.values));
  }
  checkCoordinates(check, axes);
  const rawOf = new Map(
    [...stagesBySet].map(([name, { raw }]) => [
      name,
      sortByName(raw).flatMap((spec) => withSource(check, spec, stagesBySet) ?? []),
    ]),
  );
  if (check.diagnostics.length > 0) return check.diagnostics;

  const order = orderStages(dependenciesOf({ axes, stages: stagesBySet }));
  // parsePipeline rejects cycles.
  if ('cycle' in order) throw new Error('the stages form a cycle');
  const axesOf = axesOfStages({ axes, stages: stagesBySet }, order.stages);
  const stages = order.stages.flatMap((name) => {
    const stage = stagesBySet.get(name);
    if (stage === undefined) return [];
    return [
      {
        ...stage,
        axes: axesOf.get(name) ?? [],
        // Canonical order, so that the order in the file does not matter.
        inputs: sortByName(stage.inputs),
        raw: rawOf.get(name) ?? [],
        layers: [...stage.layers, ...(setLayers.get(name) ?? [])],
      },
    ];
  });
  return { profile, stages };
}

function sortByName<T extends { readonly name: string }>(
  specs: ReadonlyMap<string, T>,
): readonly T[] {
  return [...specs.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Follows a raw input to that of another stage, as the command line has it. */
function withSource(
  check: Checker,
  spec: RawSpec,
  stages: ReadonlyMap<string, MergedStage>,
): ResolvedRaw | undefined {
  const { name, source, place } = spec;
  if (!('as' in source)) return { name, source, place };
  const declared = declaredRaw(stages);
  const other = declared.get(source.as);
  if (other !== undefined) return { ...other, name, as: source.as };
  const message = `input '${name}' is to read what ${source.as} reads, which is no raw input of a stage`;
  const hint =
    didYouMean(source.as, [...declared.keys()]) ??
    'name an input that is declared with files or a url';
  return check.report(place.range, message, hint);
}

/** By `<stage>.<input>`: the raw inputs that say themselves where they are. */
function declaredRaw(
  stages: ReadonlyMap<string, MergedStage>,
): ReadonlyMap<string, RawSpec<RawSource>> {
  const declared = new Map<string, RawSpec<RawSource>>();
  for (const [stage, { raw }] of stages) {
    for (const { name, source, place } of raw.values()) {
      if (!('as' in source)) declared.set(`${stage}.${name}`, { name, source, place });
    }
  }
  return declared;
}

/** The stage with an input from elsewhere. */
function withRaw(stage: MergedStage, raw: RawSpec): MergedStage {
  const inputs = new Map(stage.inputs);
  inputs.delete(raw.name);
  return { ...stage, inputs, raw: new Map([...stage.raw, [raw.name, raw]]) };
}

/** Parses a `--set`: a new axis, a raw input or a layer of params for a stage. */
function parseSet(
  check: Checker,
  text: string,
  axes: ReadonlyMap<string, Axis>,
  stages: ReadonlyMap<string, MergedStage>,
):
  | Axis
  | { readonly stage: MergedStage; readonly raw: RawSpec }
  | (ParamLayer & { readonly stage: string })
  | undefined {
  const file = `--set ${text}`;
  const range: SourceRange = { file, line: 1, column: 1, length: text.length };
  const split = text.indexOf('=');
  const path = text.slice(0, split).split('.');
  const [first, ...rest] = path;
  if (split === -1 || path.includes('') || rest.length === 0) {
    return check.report(range, '--set needs the form path=value', 'e.g. --set train.steps=100');
  }
  const { value, diagnostics } = readYaml(file, text.slice(split + 1));
  // Mistakes point at the whole --set.
  const place = new Place(() => range);
  check.diagnostics.push(...diagnostics.map((one) => ({ ...one, range })));
  if (diagnostics.length > 0) return undefined;
  if (value === undefined) {
    return check.report(range, 'no value after =', 'write null for no value');
  }
  if (first === 'axes') {
    const name = rest.join('.');
    if (!axes.has(name)) {
      const hint = suggest(rest[0], axes.keys(), 'axes');
      return check.report(range, `there is no axis '${name}'`, hint);
    }
    const isWhole = Array.isArray(value) || Object.hasOwn(Object(value), 'from');
    const list = { value: isWhole ? value : [value], place };
    const values = validate(check, axisSchema, list, `axis '${name}'`);
    const axis = values && toAxis(check, name, values, place);
    if (axis?.source === undefined) return axis;
    return check.report(
      range,
      '--set takes no table',
      'declare it in pipeline.yaml, or list values',
    );
  }
  const stage = stages.get(first);
  if (stage === undefined) {
    const hint = suggest(first, ['axes', ...stages.keys()], 'stages');
    return check.report(range, `there is no stage '${first}'`, hint);
  }
  const name = rest.join('.');
  if (stage.inputs.has(name) || stage.raw.has(name)) {
    const declared = { value: typeof value === 'object' ? value : { files: String(value) }, place };
    const source = validate(check, rawSchema, declared, `input '${name}'`);
    return source && { stage, raw: { name, source: rawSource(source), place } };
  }
  // `encoder.layers=2` is `{ encoder: { layers: 2 } }`.
  const [param, ...inner] = rest;
  const nested = inner.reduceRight<Json>((json, key) => ({ [key]: json }), value);
  return { stage: first, params: { value: { [param]: nested }, place } };
}
