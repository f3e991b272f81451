import { groupBy } from '../../../tables/group-by.ts';
import type { Graph, Instance } from '../../pipeline/graph.ts';
import { formatCount } from '../../reporters/format.ts';

/** A stage of the graph with all its instances. */
interface StageSummary {
  readonly stage: string;
  readonly module: string;
  readonly instances: number;
  /** Names of the coordinates that its instances have. */
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

export function summarise(graph: Graph): readonly StageSummary[] {
  const stageOf = new Map(graph.instances.map(({ id, stage }) => [id, stage]));
  return [...groupBy(graph.instances, ({ stage }) => stage)].map(([stage, own]) => ({
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

/** What is drawn, in words. */
export function titleOf({ instances, profile }: Graph): string {
  const stages = new Set(instances.map(({ stage }) => stage)).size;
  const parts = [formatCount(stages, 'stage'), formatCount(instances.length, 'instance')];
  return `profile ${profile}: ${parts.join(', ')}`;
}

/** ` × 3` where an input takes several artifacts. */
export function gathered(sources: number): string {
  return sources > 1 ? ` × ${sources}` : '';
}

/** A box: a stage with all its instances, or one instance. */
interface GraphNode {
  readonly name: string;
  /** Below the name, e.g. `40 instances`. */
  readonly lines: readonly string[];
  /** A class for style sheets, where the drawing is part of a page. */
  readonly state?: string;
  /** Where it leads to there. */
  readonly href?: string;
}

/** What is drawn: boxes, each after those it reads from, and the data that flows between them. */
export interface Drawing {
  readonly title: string;
  readonly nodes: readonly GraphNode[];
  /** Labelled with the artifact, and how many an instance takes if several. */
  readonly edges: readonly { readonly from: string; readonly to: string; readonly label: string }[];
}

export function drawStages(graph: Graph): Drawing {
  const stages = summarise(graph);
  return {
    title: titleOf(graph),
    nodes: stages.map(({ stage, instances, coordinates }) => {
      const axes = coordinates.length === 0 ? [] : [coordinates.join(', ')];
      return { name: stage, lines: [formatCount(instances, 'instance'), ...axes] };
    }),
    edges: stages.flatMap(({ stage: to, inputs }) =>
      inputs
        .filter(({ stage }) => stage !== '')
        .map(({ stage, output, sources }) => {
          return { from: stage, to, label: `${output}${gathered(sources)}` };
        }),
    ),
  };
}

export function drawInstances(graph: Graph): Drawing {
  return {
    title: titleOf(graph),
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
