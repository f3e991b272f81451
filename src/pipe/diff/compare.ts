import { groupBy } from '../../tables/group-by.ts';
import { isSameMetric } from '../cache/metrics.ts';
import { unionOfKeys } from '../core/collections.ts';
import type { Json } from '../core/json.ts';
import { type Change, changesBetween } from '../explain/changes.ts';
import type { ManifestOf } from '../explain/code-manifests.ts';
import type { InstanceId } from '../pipeline/graph.ts';
import { stageOf } from '../pipeline/names.ts';
import { parseSelector } from '../pipeline/selectors.ts';

/** Results of a pipeline at one time: of a run, as accepted in a commit, or current. */
export interface Version {
  /** For headings. */
  readonly name: string;
  readonly instances: ReadonlyMap<InstanceId, VersionedResult>;
}

export interface VersionedResult {
  /** Digest of the stage's code; unknown if the cache no longer has the run's action. */
  readonly code?: string;
  readonly params?: Json;
  /** Headline metrics; unknown if the instance has no result yet. */
  readonly metrics?: Readonly<Record<string, number>>;
  /** Tolerance of each metric; lock files do not hold them. */
  readonly tolerances?: Readonly<Record<string, number>>;
}

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

/** Corresponding instances of two versions, and those that only one of them has. */
export interface Pairs {
  readonly both: readonly (readonly [before: InstanceId, after: InstanceId])[];
  readonly removed: readonly InstanceId[];
  readonly added: readonly InstanceId[];
}

/**
 * Pairs instances by id. The rest, as between profiles, are paired ignoring the axes on which the two
 * versions have no value in common: `train[size=9,seed=1]` with `train[size=27,seed=1]`, if one version
 * has only 9 cards and the other only 27. An ambiguous instance is paired with none.
 */
export function pairUp(before: readonly InstanceId[], after: readonly InstanceId[]): Pairs {
  const idsBefore = new Set(before);
  const shared = new Set(after.filter((id) => idsBefore.has(id)));
  const both = [...shared].map((id): readonly [InstanceId, InstanceId] => [id, id]);
  const onlyBefore = before.filter((id) => !shared.has(id));
  const onlyAfter = after.filter((id) => !shared.has(id));
  const ignored = axesWithoutCommonValue(before, after);
  const nameOf = (id: InstanceId) => reducedName(id, ignored);
  const candidates = groupBy(onlyAfter, nameOf);
  const rivals = groupBy(onlyBefore, nameOf);
  const removed: InstanceId[] = [];
  const paired = new Set<InstanceId>();
  for (const id of onlyBefore) {
    const name = nameOf(id);
    const [match, ...others] = candidates.get(name) ?? [];
    if (match === undefined || others.length > 0 || rivals.get(name)?.length !== 1) {
      removed.push(id);
    } else {
      both.push([id, match]);
      paired.add(match);
    }
  }
  return { both, removed, added: onlyAfter.filter((id) => !paired.has(id)) };
}

/** Axes to ignore, by stage. */
function axesWithoutCommonValue(
  before: readonly InstanceId[],
  after: readonly InstanceId[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const [valuesBefore, valuesAfter] = [valuesOf(before), valuesOf(after)];
  return new Map(
    [...valuesBefore].map(([stage, axes]) => {
      const names = [...axes].filter(([axis, values]) => {
        const others = valuesAfter.get(stage)?.get(axis);
        return others !== undefined && ![...values].some((value) => others.has(value));
      });
      return [stage, new Set(names.map(([axis]) => axis))];
    }),
  );
}

/** Stage -> axis -> values. */
function valuesOf(ids: readonly InstanceId[]) {
  const stages = new Map<string, Map<string, Set<string>>>();
  for (const id of ids) {
    const { stage, coordinates } = partsOf(id);
    const axes = stages.get(stage) ?? new Map<string, Set<string>>();
    stages.set(stage, axes);
    for (const [axis, value] of coordinates) {
      const values = axes.get(axis) ?? new Set<string>();
      axes.set(axis, values.add(value));
    }
  }
  return stages;
}

/** The id without the ignored axes. */
function reducedName(id: InstanceId, ignored: ReadonlyMap<string, ReadonlySet<string>>): string {
  const { stage, coordinates } = partsOf(id);
  const kept = [...coordinates].filter(([axis]) => ignored.get(stage)?.has(axis) !== true);
  return JSON.stringify([stage, kept]);
}

function partsOf(id: InstanceId) {
  const parts = parseSelector(id);
  return 'stage' in parts ? parts : { stage: id, coordinates: new Map<string, string>() };
}
