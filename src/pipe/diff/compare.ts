import { groupBy } from '../../tables/group-by.ts';
import { isSameMetric } from '../cache/metrics.ts';
import { unionOfKeys } from '../core/collections.ts';
import { type Change, changesBetween } from '../explain/changes.ts';
import type { ManifestOf } from '../explain/code-manifests.ts';
import type { InstanceId } from '../pipeline/graph.ts';
import { stageOf } from '../pipeline/names.ts';
import { pairUp } from './pairs.ts';
import type { Version, VersionedResult } from './version.ts';

/** How two versions of a pipeline's results differ. */
export interface VersionDifference {
  readonly before: string;
  readonly after: string;
  /** Changes of code and params, each with the instances it applies to. */
  readonly changes: readonly {
    readonly change: Change;
    readonly instances: readonly InstanceId[];
  }[];
  /** Headline metrics that differ; those within their tolerance come last. */
  readonly metrics: readonly MetricChange[];
  /** Number of headline metrics that are equal. */
  readonly sameMetrics: number;
  readonly removed: readonly InstanceId[];
  readonly added: readonly InstanceId[];
  /** Instances whose code and params one of the versions no longer knows. */
  readonly unknown: readonly InstanceId[];
}

export interface MetricChange {
  readonly instance: InstanceId;
  readonly metric: string;
  readonly before: number | undefined;
  readonly after: number | undefined;
  /** Whether it moved by no more than its tolerance, as rounding on another machine may do. */
  readonly isTolerated: boolean;
}

export function compareVersions(
  before: Version,
  after: Version,
  manifestOf: ManifestOf,
): VersionDifference {
  const pairs = pairUp([...before.instances.keys()], [...after.instances.keys()]);
  const changes: { readonly instance: InstanceId; readonly change: Change }[] = [];
  const metrics: MetricChange[] = [];
  const unknown: InstanceId[] = [];
  let sameMetrics = 0;
  for (const [id, instance] of pairs.both) {
    const [from, to] = [before.instances.get(id), after.instances.get(instance)];
    if (from === undefined || to === undefined) continue;
    const own = changesOf(from, to, manifestOf);
    if (own === undefined) unknown.push(instance);
    else changes.push(...own.map((change) => ({ instance, change })));
    const [old, now] = [from.metrics, to.metrics];
    if (old === undefined || now === undefined) continue;
    for (const metric of unionOfKeys(old, now)) {
      const pair = { before: old[metric], after: now[metric] };
      if (pair.before === pair.after) sameMetrics += 1;
      else metrics.push({ instance, metric, ...pair, isTolerated: isTolerated(from, to, metric) });
    }
  }
  // A changed file is one change for all stages; an equal param of another stage is another change.
  const grouped = groupBy(changes, ({ instance, change }) =>
    JSON.stringify([change.kind === 'param' ? stageOf(instance) : '', change]),
  );
  return {
    before: before.name,
    after: after.name,
    changes: [...grouped.values()].map((group) => ({
      change: group[0].change,
      instances: group.map(({ instance }) => instance),
    })),
    metrics: metrics.sort((a, b) => Number(a.isTolerated) - Number(b.isTolerated)),
    sameMetrics,
    removed: pairs.removed,
    added: pairs.added,
    unknown,
  };
}

/** Changes of code and params; inputs are left out, since their cause is reported upstream. */
function changesOf(
  from: VersionedResult,
  to: VersionedResult,
  manifestOf: ManifestOf,
): readonly Change[] | undefined {
  if (from.code === undefined || from.params === undefined) return undefined;
  if (to.code === undefined || to.params === undefined) return undefined;
  const bare = { module: '', inputs: [] };
  return changesBetween(
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
