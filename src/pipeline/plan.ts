import type { Arity, Coordinate, Coordinates, Cost } from './contract.ts';
import type { Graph, InputBinding, Instance, Json, Resources } from './graph.ts';
import { formatCoordinates, instanceFolder, instanceId } from './names.ts';

/** Raised when the encoding changes: plans of former versions are then not found. */
export const PLAN_FORMAT = 5;

/** A graph with all that repeats said once; instances are told by their place in the graph. */
interface Plan {
  readonly profile: string;
  readonly coordinates: readonly (readonly [string, Coordinate])[];
  readonly params: readonly { readonly params: Json; readonly cost?: Cost }[];
  readonly kinds: readonly Kind[];
  readonly stages: readonly StagePlan[];
}

/** What stages have in common that are declared alike. */
interface Kind {
  readonly group?: string;
  readonly module: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly resources: Resources;
  readonly timeout?: number;
  readonly retries: number;
  readonly backoff?: number;
  readonly inputs: readonly {
    readonly name: string;
    readonly arity: Arity;
    /** `undefined` when there is no source to tell it. */
    readonly output?: string;
  }[];
}

/** `kind`: an index. */
type StagePlan = readonly [stage: string, kind: number, instances: readonly InstancePlan[]];

/** Coordinates, params, and per input the sources: indices all. */
type InstancePlan = readonly [
  coordinates: readonly number[],
  params: number,
  inputs: readonly (readonly number[])[],
];

/** Writes a graph down in few bytes. Inverse of `decodePlan`. */
export function encodePlan(graph: Graph): string {
  const indexOf = new Map(graph.instances.map(({ id }, i) => [id, i]));
  const coordinates = new Interner<readonly [string, Coordinate]>();
  const params = new Interner<Plan['params'][number]>();
  const kinds = new Interner<Kind>();
  const stages: StagePlan[] = [];
  const rows = new Map<string, InstancePlan[]>();
  for (const instance of graph.instances) {
    let own = rows.get(instance.stage);
    if (own === undefined) {
      own = [];
      rows.set(instance.stage, own);
      stages.push([instance.stage, kinds.intern(kindOf(instance)), own]);
    }
    own.push([
      Object.entries(instance.axes).map((entry) => coordinates.intern(entry)),
      params.intern(
        instance.cost === undefined
          ? { params: instance.params }
          : { params: instance.params, cost: instance.cost },
      ),
      instance.inputs.map(({ sources }) =>
        sources.map((source) => indexOf.get(source.instance) ?? missing(source.instance)),
      ),
    ]);
  }
  const plan: Plan = {
    profile: graph.profile,
    coordinates: coordinates.values,
    params: params.values,
    kinds: kinds.values,
    stages,
  };
  return JSON.stringify(plan);
}

function kindOf(instance: Instance): Kind {
  const { group, module, outputs, resources, timeout, retries, backoff, inputs } = instance;
  return {
    ...(group === undefined ? {} : { group }),
    module,
    outputs,
    resources,
    retries,
    ...(timeout === undefined ? {} : { timeout }),
    ...(backoff === undefined ? {} : { backoff }),
    inputs: inputs.map(({ name, arity, sources }) =>
      sources.length === 0 ? { name, arity } : { name, arity, output: sources[0].output },
    ),
  };
}

/** @throws when the text is no plan */
export function decodePlan(text: string): Graph {
  const plan = JSON.parse(text) as Plan;
  // Thousands of instances at every start: plain loops and literals, no spreading.
  const texts = plan.coordinates.map((coordinate) => formatCoordinates([coordinate]));
  const instances: Instance[] = [];
  for (const [stage, kind, rows] of plan.stages) {
    const { group, module, outputs, resources, timeout, retries, backoff, inputs } =
      plan.kinds[kind];
    for (const [coordinates, params, sources] of rows) {
      const hasAxes = coordinates.length > 0;
      const where = hasAxes ? coordinates.map((index) => texts[index]).join(',') : '';
      const variant = plan.params[params];
      const instance: Mutable<Instance> = {
        id: instanceId(stage, where),
        stage,
        module,
        axes: hasAxes ? readAxes(plan, coordinates) : NO_AXES,
        params: variant.params,
        inputs: readInputs(inputs, sources, instances),
        outputs,
        folder: instanceFolder(stage, where),
        resources,
        retries,
      };
      if (group !== undefined) instance.group = group;
      if (timeout !== undefined) instance.timeout = timeout;
      if (backoff !== undefined) instance.backoff = backoff;
      if (variant.cost !== undefined) instance.cost = variant.cost;
      instances.push(instance);
    }
  }
  return { profile: plan.profile, instances };
}

const NO_AXES: Coordinates = {};

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function readAxes(plan: Plan, coordinates: readonly number[]): Coordinates {
  const axes: Record<string, Coordinate> = {};
  for (const index of coordinates) {
    const [name, value] = plan.coordinates[index];
    axes[name] = value;
  }
  return axes;
}

function readInputs(
  inputs: Kind['inputs'],
  sources: readonly (readonly number[])[],
  instances: readonly Instance[],
): readonly InputBinding[] {
  return inputs.map(({ name, arity, output = '' }, i) => ({
    name,
    arity,
    sources: sources[i].map((index) => {
      const { id, axes } = instances[index];
      return { instance: id, output, axes };
    }),
  }));
}

function missing(id: string): never {
  throw new Error(`instance ${id} is not in the graph`);
}

/** Gives equal values one number. */
class Interner<T> {
  readonly values: T[] = [];
  readonly #indices = new Map<string, number>();

  intern(value: T): number {
    const key = JSON.stringify(value);
    const known = this.#indices.get(key);
    if (known !== undefined) return known;
    this.#indices.set(key, this.values.push(value) - 1);
    return this.values.length - 1;
  }
}
