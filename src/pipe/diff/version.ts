import type { ActionLog } from '../cache/action-log.ts';
import type { Metrics } from '../cache/metrics.ts';
import type { Json } from '../core/json.ts';
import type { CodeDigestOf } from '../current/assess.ts';
import type { Result } from '../current/results.ts';
import type { AcceptedProfile } from '../lock-file/accepted.ts';
import type { Instance, InstanceId } from '../pipeline/graph.ts';
import type { InstanceRun } from '../runs/recorder.ts';

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

/** @param missing declared instances without a current result */
export function versionOfResults(
  name: string,
  results: ReadonlyMap<InstanceId, Result>,
  missing: readonly Instance[],
  codeOf: CodeDigestOf,
): Version {
  const current = [...results].map(([id, { code, params, metrics }]) => {
    return [id, { code, params, ...withTolerances(metrics) }] as const;
  });
  const declared = missing.map(({ id, module, params }) => {
    return [id, { code: codeOf(module), params }] as const;
  });
  return { name, instances: new Map<InstanceId, VersionedResult>([...current, ...declared]) };
}

export function versionOfAccepted(name: string, { instances }: AcceptedProfile): Version {
  return { name, instances };
}

/** @param actions hold the fingerprints behind the keys, unless gc removed them */
export function versionOfRun(
  name: string,
  rows: readonly InstanceRun[],
  actions: ActionLog,
): Version {
  const instances = rows.flatMap(({ instance, key, metrics }) => {
    if (key === undefined) return [];
    const { code, params } = actions.fingerprint(key) ?? {};
    const values = withTolerances(metrics ?? actions.get(key)?.metrics ?? {});
    const origin = code === undefined || params === undefined ? {} : { code, params };
    return [[instance, { ...origin, ...values }] as const];
  });
  return { name, instances: new Map(instances) };
}

function withTolerances(metrics: Metrics): Pick<VersionedResult, 'metrics' | 'tolerances'> {
  const all = Object.entries(metrics);
  return {
    metrics: Object.fromEntries(all.map(([name, [value]]) => [name, value])),
    tolerances: Object.fromEntries(all.map(([name, [, within]]) => [name, within])),
  };
}
