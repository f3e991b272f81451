import type { Graph, Instance } from '../../pipeline/graph.ts';
import { formatCount } from '../../reporters/format.ts';

/** A stage of the graph with all its instances. */
export interface StageSummary {
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

/** What is drawn, in words. */
export function titleOf(graph: Graph, stages: number): string {
  const parts = [formatCount(stages, 'stage'), formatCount(graph.instances.length, 'instance')];
  return `profile ${graph.profile}: ${parts.join(', ')}`;
}

/** ` × 3` where an input takes several artifacts. */
export function gathered(sources: number): string {
  return sources > 1 ? ` × ${sources}` : '';
}
