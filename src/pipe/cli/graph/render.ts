import type { Graph, InputBinding, Instance } from '../../pipeline/graph.ts';
import { renderSvg } from './svg.ts';

export const GRAPH_FORMATS = ['text', 'mermaid', 'svg', 'dot', 'json'] as const;
export type GraphFormat = (typeof GRAPH_FORMATS)[number];

/** A box of the drawing: a stage with all its instances, or one instance. */
export interface GraphNode {
  readonly name: string;
  /** Below the name: what it stands for, e.g. `40 instances`. */
  readonly lines: readonly string[];
}

/** Data flowing from one box to another. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** The artifact; with its number if an instance takes several. */
  readonly label: string;
}

/** What is drawn. Nodes come after those they read from. */
export interface Drawing {
  readonly title: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/**
 * The pipeline as a picture or as data.
 *
 * @param instances whether to show every instance instead of the stages
 */
export function renderGraph(graph: Graph, format: GraphFormat, instances = false): string {
  if (format === 'json') return renderJson(graph, instances);
  if (format === 'text') return instances ? renderInstanceText(graph) : renderStageText(graph);
  const drawing = instances ? drawInstances(graph) : drawStages(graph);
  if (format === 'svg') return renderSvg(drawing);
  return format === 'mermaid' ? renderMermaid(drawing) : renderDot(drawing);
}

/** A stage of the graph, seen as a whole. */
interface StageSummary {
  readonly stage: string;
  readonly module: string;
  readonly instances: number;
  /** Every coordinate that some instance has. */
  readonly coordinates: readonly string[];
  readonly inputs: readonly {
    readonly name: string;
    readonly stage: string;
    readonly output: string;
    /** Artifacts that one instance reads. */
    readonly sources: number;
  }[];
  readonly outputs: Instance['outputs'];
}

function summarise(graph: Graph): readonly StageSummary[] {
  const stageOf = new Map(graph.instances.map(({ id, stage }) => [id, stage]));
  const byStage = new Map<string, Instance[]>();
  for (const instance of graph.instances) {
    const own = byStage.get(instance.stage);
    if (own === undefined) byStage.set(instance.stage, [instance]);
    else own.push(instance);
  }
  return [...byStage].map(([stage, own]) => ({
    stage,
    module: own[0].module,
    instances: own.length,
    coordinates: [...new Set(own.flatMap(({ axes }) => Object.keys(axes)))],
    inputs: own[0].inputs.map(({ name, sources }) => ({
      name,
      stage: stageOf.get(sources[0]?.instance) ?? '',
      output: sources[0]?.output ?? '',
      sources: sources.length,
    })),
    outputs: own[0].outputs,
  }));
}

function titleOf(graph: Graph, stages: number): string {
  const parts = [count(stages, 'stage'), count(graph.instances.length, 'instance')];
  return `profile ${graph.profile}: ${parts.join(', ')}`;
}

function renderStageText(graph: Graph): string {
  const stages = summarise(graph);
  const rows = stages.map(({ stage, instances, coordinates, inputs }) => [
    stage,
    String(instances),
    coordinates.join(' '),
    inputs.map((input) => `${input.stage}/${input.output}${times(input.sources)}`).join(', '),
  ]);
  const [names, counts, axes] = [0, 1, 2].map((i) => Math.max(...rows.map((row) => row[i].length)));
  const lines = rows.map(([stage, instances, coordinates, reads]) =>
    [
      '',
      stage.padEnd(names),
      instances.padStart(counts),
      coordinates.padEnd(axes),
      reads === '' ? '' : `<- ${reads}`,
    ]
      .join('  ')
      .trimEnd(),
  );
  return [titleOf(graph, stages.length), ...lines].join('\n');
}

function renderInstanceText(graph: Graph): string {
  const lines = graph.instances.flatMap(({ id, inputs }) => [
    `  ${id}`,
    ...inputs.map((input) => `    ${input.name} <- ${describeSources(input)}`),
  ]);
  return [titleOf(graph, summarise(graph).length), ...lines].join('\n');
}

function describeSources({ sources }: InputBinding): string {
  const paths = sources.slice(0, 1).map(({ instance, output }) => `${instance}/${output}`);
  return sources.length > 1 ? `${paths[0]} and ${sources.length - 1} more` : paths.join();
}

function drawStages(graph: Graph): Drawing {
  const stages = summarise(graph);
  return {
    title: titleOf(graph, stages.length),
    nodes: stages.map(({ stage, instances, coordinates }) => ({
      name: stage,
      lines: [count(instances, 'instance'), coordinates.join(', ')].filter((line) => line !== ''),
    })),
    edges: stages.flatMap(({ stage, inputs }) =>
      inputs
        .filter((input) => input.stage !== '')
        .map((input) => ({
          from: input.stage,
          to: stage,
          label: `${input.output}${times(input.sources)}`,
        })),
    ),
  };
}

function drawInstances(graph: Graph): Drawing {
  return {
    title: titleOf(graph, summarise(graph).length),
    nodes: graph.instances.map(({ id, stage, axes }) => ({
      name: id,
      lines: Object.keys(axes).length === 0 ? [] : [stage],
    })),
    edges: graph.instances.flatMap(({ id, inputs }) =>
      inputs.flatMap(({ sources }) =>
        sources.map(({ instance, output }) => ({ from: instance, to: id, label: output })),
      ),
    ),
  };
}

function renderMermaid({ nodes, edges }: Drawing): string {
  const ids = new Map(nodes.map(({ name }, i) => [name, `n${i}`]));
  const text = (value: string) => `"${value.replaceAll('"', '#quot;')}"`;
  return [
    'flowchart LR',
    ...nodes.map(
      ({ name, lines }) => `  ${ids.get(name)}[${text([name, ...lines].join('<br/>'))}]`,
    ),
    ...edges.map(({ from, to, label }) => `  ${ids.get(from)} -->|${text(label)}| ${ids.get(to)}`),
  ].join('\n');
}

function renderDot({ title, nodes, edges }: Drawing): string {
  const text = (value: string) => JSON.stringify(value);
  return [
    'digraph pipeline {',
    `  label=${text(title)};`,
    '  rankdir=LR;',
    '  node [shape=box, style=rounded, fontname="sans-serif"];',
    ...nodes.map(
      ({ name, lines }) => `  ${text(name)} [label=${text([name, ...lines].join('\n'))}];`,
    ),
    ...edges.map((e) => `  ${text(e.from)} -> ${text(e.to)} [label=${text(e.label)}];`),
    '}',
  ].join('\n');
}

function renderJson(graph: Graph, instances: boolean): string {
  const content = instances ? graph : { profile: graph.profile, stages: summarise(graph) };
  return JSON.stringify(content, null, 2);
}

const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;
const times = (n: number) => (n > 1 ? ` × ${n}` : '');
