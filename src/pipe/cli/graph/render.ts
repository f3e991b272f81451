import type { Graph } from '../../pipeline/graph.ts';
import { drawInstances, drawStages } from './drawing.ts';
import { renderDot, renderMermaid, renderSvg } from './markup.ts';
import { summarise } from './summary.ts';
import { renderInstanceText, renderStageText } from './text.ts';

export const GRAPH_FORMATS = ['text', 'mermaid', 'svg', 'dot', 'json'] as const;
export type GraphFormat = (typeof GRAPH_FORMATS)[number];

/**
 * The pipeline as text, as a picture or as data.
 * @param instances whether to show every instance instead of the stages
 */
export async function renderGraph(
  graph: Graph,
  format: GraphFormat,
  instances = false,
): Promise<string> {
  if (format === 'json') return renderJson(graph, instances);
  if (format === 'text') return instances ? renderInstanceText(graph) : renderStageText(graph);
  const drawing = instances ? drawInstances(graph) : drawStages(graph);
  if (format === 'svg') return await renderSvg(drawing);
  return format === 'mermaid' ? renderMermaid(drawing) : renderDot(drawing);
}

function renderJson(graph: Graph, instances: boolean): string {
  const content = instances ? graph : { profile: graph.profile, stages: summarise(graph) };
  return JSON.stringify(content, null, 2);
}
