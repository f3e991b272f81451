import type { Graph, Instance } from './graph.ts';
import { escapeValue, instanceFolder } from './names.ts';
import type { Kind, PlannedCoordinate, PlanText } from './plan.ts';

/** Writes a graph in few bytes; `Plan` reads it back. */
export function encodePlan(graph: Graph): string {
  const indexOf = new Map(graph.instances.map(({ id }, i) => [id, i]));
  const coordinates = new Interner<PlannedCoordinate>();
  const params = new Interner<PlanText['params'][number]>();
  const kinds = new Interner<Kind>();
  const stages = new Map<
    string,
    { readonly kind: number; count: number; readonly rows: number[] }
  >();
  for (const instance of graph.instances) {
    let own = stages.get(instance.stage);
    if (own === undefined) {
      own = { kind: kinds.intern(kindOf(instance)), count: 0, rows: [] };
      stages.set(instance.stage, own);
    }
    const { cost, axes } = instance;
    const folders = instance.folder.slice(instanceFolder(instance.stage, '').length + 1).split(',');
    const where = Object.entries(axes).map(([name, value], i) => {
      const folder = folders[i]?.slice(name.length + 1) ?? '';
      const isUsual = folder === '' || folder === escapeValue(value);
      return coordinates.intern(isUsual ? [name, value] : [name, value, folder]);
    });
    const variant = { params: instance.params, ...(cost === undefined ? {} : { cost }) };
    own.count += 1;
    own.rows.push(where.length, ...where, params.intern(variant));
    for (const { sources } of instance.inputs) {
      own.rows.push(sources.length);
      for (const { instance: id } of sources) own.rows.push(indexOf.get(id) ?? missing(id));
    }
  }
  const content: PlanText = {
    profile: graph.profile,
    ...(graph.mapped === undefined ? {} : { mapped: graph.mapped }),
    coordinates: coordinates.values,
    params: params.values,
    kinds: kinds.values,
    stages: [...stages.keys()],
    sizes: [...stages.values()].flatMap(({ kind, count }) => [kind, count]),
    rows: [...stages.values()].flatMap(({ rows }) => rows),
  };
  return JSON.stringify(content);
}

function kindOf(instance: Instance): Kind {
  const { group, module, command, env, outputs, resources, timeout, retries, backoff } = instance;
  const { inputs, raw, after, sharesProcess } = instance;
  return {
    ...(group === undefined ? {} : { group }),
    ...(after === undefined ? {} : { after }),
    module,
    ...(command === undefined ? {} : { command }),
    ...(env === undefined ? {} : { env }),
    outputs,
    resources,
    retries,
    ...(sharesProcess === undefined ? {} : { sharesProcess }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(backoff === undefined ? {} : { backoff }),
    ...(raw === undefined ? {} : { raw }),
    inputs: inputs.map(({ name, arity, sources }) =>
      sources.length === 0 ? { name, arity } : { name, arity, output: sources[0].output },
    ),
  };
}

function missing(id: string): never {
  throw new Error(`instance ${id} is not in the graph`);
}

/** Numbers values; equal ones get one number. */
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
