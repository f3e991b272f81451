import { Place } from '../yaml/place.ts';
import type { Params, When } from './grammar.ts';
import type { Axis, Located, PipelineSpec, Profile, StageSpec } from './spec.ts';

/** Params for every instance of a stage, or for those that match `when`. */
export interface ParamLayer {
  readonly when?: When;
  readonly params: Located<Params>;
}

/** A stage with a profile's changes applied. */
export interface MergedStage extends Omit<StageSpec, 'use' | 'params' | 'overrides'> {
  /** The stage file `stages/<module>.ts`: `train`, or `studies/rank` for a stage of a group. */
  readonly module: Located<string>;
  /** Later layers win: params, the profile's params, overrides, the profile's overrides. */
  readonly layers: readonly ParamLayer[];
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
  const file = change?.use ?? base.use;
  const module = file?.value ?? name;
  const params = [base.params, change?.params].filter((own) => own !== undefined);
  return {
    name,
    place,
    group,
    module: {
      value: group === undefined ? module : `${group}/${module}`,
      place: file?.place ?? new Place(() => place.key),
    },
    matrix: change?.matrix ?? base.matrix,
    exclude: [...base.exclude, ...(change?.exclude ?? [])],
    inputs: new Map([...base.inputs, ...(change?.inputs ?? [])]),
    layers: [
      ...params.map((own) => ({ params: own })),
      ...base.overrides,
      ...(change?.overrides ?? []),
    ],
    resources: { ...base.resources, ...change?.resources },
    timeout: change?.timeout ?? base.timeout,
    retries: change?.retries ?? base.retries,
    backoff: change?.backoff ?? base.backoff,
  };
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
