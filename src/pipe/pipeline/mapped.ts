import { present } from '../core/collections.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import { argumentsOf } from './arguments.ts';
import type { Graph, MappedAxis, TableValues } from './graph.ts';
import type { ResolvedPipeline } from './resolve.ts';

/** The axes from tables that stages use, each with all stages that wait for its values. */
export function mappedAxes(
  { stages }: ResolvedPipeline,
  known: ReadonlyMap<string, TableValues>,
): readonly MappedAxis[] {
  const sources = new Map(
    stages.flatMap(({ axes }) =>
      axes.flatMap(({ name, source }) => (source === undefined ? [] : [[name, source] as const])),
    ),
  );
  return [...sources].map(([axis, { stage, output, column }]) => {
    const waiting = new Set<string>();
    // Each comes after those it waits for.
    for (const { name, axes, inputs } of stages) {
      const isOn = axes.some(
        (own) => own.name === axis || (own.source !== undefined && waiting.has(own.source.stage)),
      );
      if (isOn || inputs.some((input) => waiting.has(input.stage))) waiting.add(name);
    }
    const { table, repeats } = known.get(axis) ?? {};
    const waiters = stages.filter(({ name }) => waiting.has(name));
    const names = waiters.map(({ name, group }) => present({ stage: name, group }));
    return present({ axis, stage, output, column, table, repeats, stages: names });
  });
}

/** The axes whose tables are not there yet. */
export function pendingAxes({ mapped = [] }: Graph): readonly MappedAxis[] {
  return mapped.filter(({ table }) => table === undefined);
}

/** The stages that have no instances yet, each with the stages that must run before it has. */
export function pendingStages(graph: Graph): ReadonlyMap<string, readonly string[]> {
  const pending = pendingAxes(graph);
  const waiting = new Set(pending.flatMap(({ stages }) => stages.map(({ stage }) => stage)));
  const until = new Map<string, readonly string[]>();
  for (const { stage, stages } of pending) {
    // What waits itself runs later.
    if (waiting.has(stage)) continue;
    for (const { stage: name } of stages) until.set(name, [...(until.get(name) ?? []), stage]);
  }
  return until;
}

/** `train is not known until split ran` */
function notKnown(stages: readonly string[], until: readonly string[]): string {
  const verb = stages.length === 1 ? 'is' : 'are';
  return `${stages.join(', ')} ${verb} not known until ${[...new Set(until)].join(' and ')} ran`;
}

/** Why a stage or a group of the pipeline has no instances; `undefined` for any other name. */
export function whyNone(graph: Graph, name: string): Diagnostic | undefined {
  const axis = graph.mapped?.find(({ stages }) => stages.some((one) => isNamed(one, name)));
  if (axis === undefined) return undefined;
  const waiting = pendingStages(graph);
  const until = pendingAxes(graph)
    .flatMap(({ stages }) => stages.filter((one) => isNamed(one, name)))
    .flatMap(({ stage }) => waiting.get(stage) ?? []);
  if (until.length === 0) {
    const table = `${axis.stage}/${axis.output}`;
    return {
      message: `'${name}' has no instances: ${table} has no values for axis '${axis.axis}'`,
    };
  }
  const command = `npx pipe run${argumentsOf([...new Set(until)], graph.profile)}`;
  return { message: notKnown([name], until), hint: command };
}

export function isNamed(
  { stage, group }: { readonly stage: string; readonly group?: string },
  name: string,
): boolean {
  return stage === name || group === name;
}

/** A line for each set of stages without instances: what they wait for, or that a table is empty. */
export function pendingLines(
  graph: Graph,
  isShown: (stage: MappedAxis['stages'][number]) => boolean,
): readonly string[] {
  const lines = new Map<string, { readonly say: (stages: string[]) => string; stages: string[] }>();
  const add = (key: string, stage: string, say: (stages: string[]) => string) => {
    const line = lines.get(key) ?? { say, stages: [] };
    if (!line.stages.includes(stage)) line.stages.push(stage);
    lines.set(key, line);
  };
  const { mapped = [] } = graph;
  const pending = pendingStages(graph);
  const made = new Set(mapped.length === 0 ? [] : graph.instances.map(({ stage }) => stage));
  for (const { axis, stage: source, output, stages } of mapped) {
    for (const one of stages.filter(isShown)) {
      const { stage } = one;
      const until = pending.get(stage);
      if (until !== undefined) {
        add(`until ${until.join()}`, stage, (names) => notKnown(names, until));
      } else if (!made.has(stage)) {
        add(`empty ${axis}`, stage, (names) => hasNone(names, `${source}/${output}`, axis));
      }
    }
  }
  return [...lines.values()].map(({ say, stages }) => say(stages));
}

function hasNone(stages: readonly string[], table: string, axis: string): string {
  const verb = stages.length === 1 ? 'has' : 'have';
  return `${stages.join(', ')} ${verb} no instances: ${table} has no values for axis '${axis}'`;
}
