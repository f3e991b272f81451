import { isSameMetric } from '../cache/metrics.ts';
import { type Change, type CodeManifest, differences } from '../explain/explain.ts';
import type { InstanceId } from '../pipeline/graph.ts';
import { pairUp } from './pairs.ts';
import type { Version, VersionedResult } from './version.ts';

/** How two versions of a pipeline's results differ. */
export interface VersionDifference {
  readonly before: string;
  readonly after: string;
  /** Changed code and params, each with all the instances that it changed for. */
  readonly changes: readonly {
    readonly change: Change;
    readonly instances: readonly InstanceId[];
  }[];
  /** Headline metrics that differ at all; those that moved within their tolerance come last. */
  readonly metrics: readonly MetricChange[];
  /** How many are the same. */
  readonly sameMetrics: number;
  readonly removed: readonly InstanceId[];
  readonly added: readonly InstanceId[];
  /** Instances of which a version does not know code and params any more. */
  readonly unknown: readonly InstanceId[];
}

export interface MetricChange {
  readonly instance: InstanceId;
  readonly metric: string;
  readonly before: number | undefined;
  readonly after: number | undefined;
  /** Whether it moved by no more than does not count, as rounding on another machine does. */
  readonly isTolerated: boolean;
}

export function compareVersions(
  before: Version,
  after: Version,
  manifestOf: (digest: string) => CodeManifest | undefined,
): VersionDifference {
  const { both, removed, added } = pairUp(
    [...before.instances.keys()],
    [...after.instances.keys()],
  );
  const changes = new Map<string, { readonly change: Change; readonly instances: InstanceId[] }>();
  const metrics: MetricChange[] = [];
  const unknown: InstanceId[] = [];
  let sameMetrics = 0;
  for (const [id, instance] of both) {
    const [from, to] = [before.instances.get(id), after.instances.get(instance)];
    if (from === undefined || to === undefined) continue;
    const own = changesOf(from, to, manifestOf);
    if (own === undefined) unknown.push(instance);
    for (const change of own ?? []) {
      // The same file of another stage is the same change; a param of another stage is not.
      const scope = change.kind === 'param' ? stageOf(instance) : '';
      const key = JSON.stringify([scope, change]);
      const group = changes.get(key);
      if (group === undefined) changes.set(key, { change, instances: [instance] });
      else group.instances.push(instance);
    }
    const [old, now] = [from.metrics, to.metrics];
    if (old === undefined || now === undefined) continue;
    for (const metric of unionOfKeys(old, now)) {
      const pair = { before: old[metric], after: now[metric] };
      if (pair.before === pair.after) sameMetrics += 1;
      else metrics.push({ instance, metric, ...pair, isTolerated: isTolerated(from, to, metric) });
    }
  }
  const names = { before: before.name, after: after.name };
  return {
    ...names,
    changes: [...changes.values()],
    metrics: metrics.sort((a, b) => Number(a.isTolerated) - Number(b.isTolerated)),
    sameMetrics,
    removed,
    added,
    unknown,
  };
}

function changesOf(
  from: VersionedResult,
  to: VersionedResult,
  manifestOf: (digest: string) => CodeManifest | undefined,
): readonly Change[] | undefined {
  if (from.code === undefined || from.params === undefined) return undefined;
  if (to.code === undefined || to.params === undefined) return undefined;
  // Inputs are left out: what changed upstream is told there.
  const bare = { module: '', inputs: [] };
  return differences(
    { ...bare, code: from.code, params: from.params },
    { ...bare, code: to.code, params: to.params },
    manifestOf,
  );
}

function isTolerated(from: VersionedResult, to: VersionedResult, metric: string): boolean {
  const [before, after] = [from.metrics?.[metric], to.metrics?.[metric]];
  const within = to.tolerances?.[metric] ?? from.tolerances?.[metric] ?? 0;
  return before !== undefined && after !== undefined && isSameMetric(before, [after, within]);
}

function stageOf(id: InstanceId): string {
  return id.split('[', 1)[0];
}

function unionOfKeys(a: object, b: object): readonly string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
}
