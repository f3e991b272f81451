import type { SourceRange } from '../core/diagnostic.ts';
import type { Resources } from './graph.ts';
import type { MapNode } from './node.ts';
import type {
  Axis,
  Condition,
  InputSpec,
  Located,
  PipelineSpec,
  Profile,
  StageSpec,
  When,
} from './spec.ts';

/** Params that apply to every instance of a stage, or to those that agree with `when`. */
export interface ParamLayer {
  readonly when: When | undefined;
  readonly params: MapNode;
}

/** A stage with a profile's changes applied. */
export interface MergedStage {
  readonly name: string;
  readonly nameRange: SourceRange;
  readonly group: string | undefined;
  /** `train`, or `studies/rank` for a stage of a group. */
  readonly module: Located<string>;
  readonly matrix: readonly Located<string>[] | undefined;
  readonly exclude: readonly Condition[];
  readonly inputs: ReadonlyMap<string, InputSpec>;
  /** Later layers win: params, the profile's params, overrides, the profile's overrides. */
  readonly layers: readonly ParamLayer[];
  readonly resources: Partial<Resources>;
  readonly timeout: number | undefined;
  readonly retries: number | undefined;
  readonly backoff: number | undefined;
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
  const { group } = base;
  const file = change?.use ?? base.use ?? { value: base.name, range: base.nameRange };
  const params = [base.params, change?.params].filter((node) => node !== undefined);
  return {
    name: base.name,
    nameRange: base.nameRange,
    group,
    module: group === undefined ? file : { ...file, value: `${group}/${file.value}` },
    matrix: change?.matrix ?? base.matrix,
    exclude: [...base.exclude, ...(change?.exclude ?? [])],
    inputs: new Map([...base.inputs, ...(change?.inputs ?? [])]),
    layers: [
      ...params.map((node) => ({ when: undefined, params: node })),
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
 * The axes of each stage: those of its matrix, or else all that its inputs' stages have.
 *
 * @param order the stages, each after those it reads from
 */
export function axesOfStages(
  { axes, stages }: MergedPipeline,
  order: readonly string[],
): ReadonlyMap<string, readonly Axis[]> {
  const found = new Map<string, readonly Axis[]>();
  for (const name of order) {
    const stage = stages.get(name);
    const names =
      stage?.matrix?.map(({ value }) => value) ??
      [...(stage?.inputs.values() ?? [])].flatMap(
        (input) => found.get(input.stage)?.map((axis) => axis.name) ?? [],
      );
    // Sorted by name, so that the order of declaration shows in no instance's name.
    const own = [...new Set(names)].sort().map((axis) => axes.get(axis));
    found.set(
      name,
      own.filter((axis) => axis !== undefined),
    );
  }
  return found;
}
