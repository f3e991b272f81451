import type { Graph } from '../../pipeline/graph.ts';
import { formatCount } from '../../reporters/format.ts';
import { gathered, summarise, titleOf } from './summary.ts';

/** A box: a stage with all its instances, or one instance. */
export interface GraphNode {
  readonly name: string;
  /** Below the name, e.g. `40 instances`. */
  readonly lines: readonly string[];
  /** A class for style sheets, where the drawing is part of a page. */
  readonly state?: string;
  /** Where it leads to there. */
  readonly href?: string;
}

/** An input: data that flows from one box to another. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** The artifact, and how many an instance takes if several. */
  readonly label: string;
}

/** What is drawn, in whatever format. Nodes come after those they read from. */
export interface Drawing {
  readonly title: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

export function drawStages(graph: Graph): Drawing {
  const stages = summarise(graph);
  return {
    title: titleOf(graph, stages.length),
    nodes: stages.map(({ stage, instances, coordinates }) => ({
      name: stage,
      lines: [formatCount(instances, 'instance'), coordinates.join(', ')].filter(
        (line) => line !== '',
      ),
    })),
    edges: stages.flatMap(({ stage, inputs }) =>
      inputs
        .filter((input) => input.stage !== '')
        .map((input) => ({
          from: input.stage,
          to: stage,
          label: `${input.output}${gathered(input.sources)}`,
        })),
    ),
  };
}

export function drawInstances(graph: Graph): Drawing {
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
