import { Place } from '../yaml/place.ts';
import { commandModule, commandOf, rawSource } from './command.ts';
import type { Params } from './grammar.ts';
import type { Command, Resources } from './graph.ts';
import type {
  Axis,
  Condition,
  InputSpec,
  Located,
  PipelineSpec,
  Profile,
  RawSpec,
  StageSpec,
} from './spec.ts';

/** Params for every instance of a stage, or for those that match a condition. */
export interface ParamLayer {
  readonly condition?: Condition;
  readonly params: Located<Params>;
}

/** A stage with a profile's changes applied. */
export interface MergedStage
  extends Pick<StageSpec, 'name' | 'place' | 'group' | 'timeout' | 'backoff'> {
  /** The stage file `stages/<module>.ts`: `train`, or `studies/rank` for a stage of a group. */
  readonly module: Located<string>;
  /** Runs instead of a stage file. */
  readonly command: Command | undefined;
  /** Declared by the stage, or by a profile's change of it. */
  readonly declarations: readonly StageSpec[];
  readonly env: readonly string[];
  readonly matrix: Located<readonly string[]> | undefined;
  /** Combinations of its axes that it does not run for. */
  readonly exclude: readonly Condition[];
  readonly inputs: ReadonlyMap<string, InputSpec>;
  readonly raw: ReadonlyMap<string, RawSpec>;
  /** Later layers win: params, the profile's params, overrides, the profile's overrides. */
  readonly layers: readonly ParamLayer[];
  readonly resources: Resources;
  readonly sharesProcess: boolean;
  readonly retries: number;
}

export interface MergedPipeline {
  readonly axes: ReadonlyMap<string, Axis>;
  readonly stages: ReadonlyMap<string, MergedStage>;
}

/** Applies a profile: axes and matrices are replaced, the rest is merged. */
export function mergeProfile(spec: PipelineSpec, profile: Profile | undefined): MergedPipeline {
  const axes = new Map([...spec.axes, ...(profile?.axes ?? [])]);
  const stages = new Map<string, MergedStage>();
  for (const [name, stage] of spec.stages) {
    stages.set(name, mergeStage(stage, profile?.stages.get(name)));
  }
  return { axes, stages };
}

function mergeStage(base: StageSpec, change: StageSpec | undefined): MergedStage {
  const { name, place, group } = base;
  const parts = change === undefined ? [base] : [base, change];
  const file = parts.findLast(({ use }) => use !== undefined);
  const module = file?.use ?? name;
  const command = commandOf(parts);
  const inputs = new Map(parts.flatMap(inputsOf));
  const matrix = parts.findLast((part) => part.matrix !== undefined);
  return {
    name,
    place,
    group,
    module: {
      value: command ? commandModule(command) : group === undefined ? module : `${group}/${module}`,
      place: file?.place.at('use') ?? new Place(() => place.key),
    },
    command,
    declarations: parts,
    env: parts.findLast(({ env }) => env !== undefined)?.env ?? [],
    matrix: matrix?.matrix && { value: matrix.matrix, place: matrix.place.at('matrix') },
    exclude: parts.flatMap(({ exclude, place }) =>
      exclude.map((when, i) => ({ when, place: place.at('exclude', i) })),
    ),
    inputs: new Map([...inputs].flatMap(([key, one]) => ('stage' in one ? [[key, one]] : []))),
    raw: new Map([...inputs].flatMap(([key, one]) => ('source' in one ? [[key, one]] : []))),
    layers: [
      ...parts.flatMap(({ params, place }) =>
        params === undefined ? [] : [{ params: { value: params, place: place.at('params') } }],
      ),
      ...parts.flatMap(overridesOf),
    ],
    resources: { cpus: 1, ...base.resources, ...change?.resources },
    sharesProcess: (change?.process ?? base.process) === 'shared',
    timeout: change?.timeout ?? base.timeout,
    retries: change?.retries ?? base.retries ?? 0,
    backoff: change?.backoff ?? base.backoff,
  };
}

function inputsOf({
  inputs,
  place,
}: StageSpec): readonly (readonly [string, InputSpec | RawSpec])[] {
  return Object.entries(inputs).map(([name, declared]) => {
    const at = place.at('inputs', name);
    if (typeof declared !== 'string')
      return [name, { name, source: rawSource(declared), place: at }];
    const [stage, output] = declared.split('/');
    return [name, { name, stage, output, place: at }];
  });
}

function overridesOf({ overrides, place }: StageSpec): readonly ParamLayer[] {
  return overrides.map(({ when, params }, i) => {
    const at = place.at('overrides', i);
    return {
      condition: { when, place: at.at('when') },
      params: { value: params, place: at.at('params') },
    };
  });
}

/** What a stage waits for: the stages it reads from, and those whose tables have the values of its axes. */
export function dependenciesOf({
  axes,
  stages,
}: MergedPipeline): ReadonlyMap<string, { readonly inputs: ReadonlyMap<string, InputSpec> }> {
  return new Map(
    [...stages].map(([name, stage]) => {
      const sources = (stage.matrix?.value ?? []).flatMap((axis) => {
        const source = axes.get(axis)?.source;
        // No input has such a name.
        return source === undefined ? [] : [[`axis ${axis}`, { ...source, name: axis }] as const];
      });
      return [name, { inputs: new Map([...stage.inputs, ...sources]) }];
    }),
  );
}

/**
 * The axes of each stage: those of its matrix, or without a matrix those of the stages it reads from.
 *
 * @param order the stages in topological order
 */
export function axesOfStages(
  { axes, stages }: MergedPipeline,
  order: readonly string[],
): ReadonlyMap<string, readonly Axis[]> {
  const axesOf = new Map<string, readonly Axis[]>();
  for (const name of order) {
    const stage = stages.get(name);
    const names =
      stage?.matrix?.value ??
      [...(stage?.inputs.values() ?? [])].flatMap(
        (input) => axesOf.get(input.stage)?.map((axis) => axis.name) ?? [],
      );
    // Sorted by name, so that ids do not depend on the order of declaration.
    const own = [...new Set(names)].sort().map((axis) => axes.get(axis));
    axesOf.set(
      name,
      own.filter((axis) => axis !== undefined),
    );
  }
  return axesOf;
}
