import type { Cache } from '../cache/cache.ts';
import type { OutputRecord } from '../cache/fingerprint.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { Graph, Instance, MappedAxis, TableValues } from '../pipeline/graph.ts';
import type { AxisTables } from '../pipeline/load.ts';
import { pendingStages } from '../pipeline/mapped.ts';
import { withUpstream } from '../pipeline/upstream.ts';
import { type Assessment, assessAll, type CodeDigestOf } from './assess.ts';

/** Stands for the table of a stage that is left out, since it would have nothing to read: no values. */
const NO_TABLE = 'none';

/** The tables that axes have their values from, as far as they are current or in the cache. */
export class CachedTables implements AxisTables {
  readonly #cache: Cache;
  readonly #codeOf: CodeDigestOf;

  constructor(cache: Cache, codeOf: CodeDigestOf) {
    this.#cache = cache;
    this.#codeOf = codeOf;
  }

  async digests(
    graph: Graph,
    axes: readonly MappedAxis[],
  ): Promise<readonly (string | undefined)[]> {
    if (axes.length === 0) return [];
    const waiting = pendingStages(graph);
    const { assessments, byId } = await this.#assess(graph, axes);
    return axes.map(({ stage, output }) => {
      if (waiting.has(stage)) return undefined;
      if (!byId.has(stage)) return NO_TABLE;
      return outputIn(assessments.get(stage), output)?.digest;
    });
  }

  async values(graph: Graph, axis: MappedAxis, table: string): Promise<TableValues | Diagnostic> {
    const { stage, output } = axis;
    if (table === NO_TABLE) return { values: [], table };
    const { assessments, byId } = await this.#assess(graph, [axis]);
    const [assessment, instance] = [assessments.get(stage), byId.get(stage)];
    const record = outputIn(assessment, output);
    // Changed by somebody since its digest was asked for.
    if (record?.digest !== table || assessment === undefined || instance === undefined) {
      return { message: `${stage}/${output} changed while it was read`, hint: 'try again' };
    }
    const { readAxisValues } = await import('./axis-values.ts');
    const path = this.#pathOf(instance, record, assessment);
    return readAxisValues(this.#cache.disk, path, instance.outputs[output], axis, table);
  }

  /** Of a restorable one the store may have what is not in place. */
  #pathOf(instance: Instance, { name, digest }: OutputRecord, { state }: Assessment): string {
    const { disk, paths } = this.#cache;
    const artifact = paths.artifact(instance, name);
    if (state === 'current') return artifact;
    const blob = paths.blob(digest);
    return disk.stat(blob) === undefined ? artifact : blob;
  }

  async #assess(graph: Graph, axes: readonly MappedAxis[]) {
    const stages = new Set(axes.map(({ stage }) => stage));
    const instances = withUpstream(graph.instances, stages);
    const assessments = await assessAll(this.#cache, instances, this.#codeOf);
    const byId = new Map(instances.map((instance) => [instance.id, instance]));
    return { assessments, byId };
  }
}

function outputIn(assessment: Assessment | undefined, output: string): OutputRecord | undefined {
  if (assessment === undefined || !('outputs' in assessment)) return undefined;
  return assessment.outputs.find(({ name }) => name === output);
}
