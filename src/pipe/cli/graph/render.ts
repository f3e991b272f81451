import type { Graph, InputBinding } from '../../pipeline/graph.ts';
import { alignColumns } from '../shell/print.ts';
import {
  type Drawing,
  drawInstances,
  drawStages,
  gathered,
  summarise,
  titleOf,
} from './drawing.ts';

export const GRAPH_FORMATS = ['text', 'mermaid', 'svg', 'dot', 'json'] as const;

/**
 * The pipeline as text, as a picture or as data.
 * @param instances whether to show every instance instead of the stages
 */
export async function renderGraph(
  graph: Graph,
  format: (typeof GRAPH_FORMATS)[number],
  instances = false,
): Promise<string> {
  switch (format) {
    case 'json': {
      const content = instances ? graph : { profile: graph.profile, stages: summarise(graph) };
      return JSON.stringify(content, null, 2);
    }
    case 'text': {
      const lines = instances ? describeInstances(graph) : describeStages(graph);
      return [titleOf(graph), ...lines.map((line) => `  ${line}`)].join('\n');
    }
    default: {
      const drawing = instances ? drawInstances(graph) : drawStages(graph);
      if (format === 'mermaid') return renderMermaid(drawing);
      return format === 'dot' ? renderDot(drawing) : await renderSvg(drawing);
    }
  }
}

/** A line per stage. */
function describeStages(graph: Graph): readonly string[] {
  const rows = summarise(graph).map(({ stage, instances, coordinates, inputs }) => {
    const reads = inputs.map((one) => `${one.stage}/${one.output}${gathered(one.sources)}`);
    const arrow = reads.length === 0 ? '' : `<- ${reads.join(', ')}`;
    return [stage, instances, coordinates.join(' '), arrow];
  });
  return alignColumns(rows);
}

/** A line per instance, and below it one per input. */
function describeInstances({ instances }: Graph): readonly string[] {
  return instances.flatMap(({ id, inputs }) => [
    id,
    ...inputs.map((input) => `  ${input.name} <- ${describeSources(input)}`),
  ]);
}

function describeSources({ sources }: InputBinding): string {
  const paths = sources.slice(0, 1).map(({ instance, output }) => `${instance}/${output}`);
  return sources.length > 1 ? `${paths[0]} and ${sources.length - 1} more` : paths.join();
}

/** For Markdown pages: https://mermaid.js.org. */
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

const FONT = 'fontname="Helvetica,Arial,sans-serif"';

/** For Graphviz. */
function renderDot({ title, nodes, edges }: Drawing): string {
  const text = (value: string) => JSON.stringify(value);
  return [
    'digraph pipeline {',
    `  graph [label=${text(title)}, rankdir=LR, ${FONT}];`,
    `  node [shape=box, margin="0.25,0.1", style="rounded,filled", color="#818b98", fillcolor="#f6f8fa", ${FONT}];`,
    `  edge [color="#818b98", fontsize=11, fontcolor="#59636e", arrowsize=0.7, ${FONT}];`,
    ...nodes.map(({ name, lines, state, href }) => {
      const label = `label=${text([name, ...lines].join('\n'))}`;
      const page = state === undefined ? '' : `, class=${text(state)}`;
      const link = href === undefined ? '' : `, URL=${text(href)}`;
      return `  ${text(name)} [${label}${page}${link}];`;
    }),
    ...edges.map((e) => `  ${text(e.from)} -> ${text(e.to)} [label=${text(e.label)}];`),
    '}',
  ].join('\n');
}

export async function renderSvg(drawing: Drawing): Promise<string> {
  const { instance } = await import('@viz-js/viz');
  return (await instance()).renderString(renderDot(drawing), { format: 'svg' });
}
