import type { ActionLog } from '../cache/action-log.ts';
import type { Metrics } from '../cache/metrics.ts';
import type { Json } from '../core/json.ts';
import type { CodeDigestOf } from '../current/assess.ts';
import type { Result } from '../current/results.ts';
import type { AcceptedProfile } from '../lock-file/accepted.ts';
import type { Instance, InstanceId } from '../pipeline/graph.ts';
import type { InstanceRun } from '../runs/recorder.ts';

/** Results of a pipeline at some time: of a run, as accepted in a commit, or as they are now. */
export interface Version {
  /** How it is called in headings. */
  readonly name: string;
  readonly instances: ReadonlyMap<InstanceId, VersionedResult>;
}

export interface VersionedResult {
  /** Digest of the stage's code; unknown for a run of which the cache has forgotten it. */
  readonly code?: string;
  readonly params?: Json;
  /** Headline metrics; of what is not made yet none are known. */
  readonly metrics?: Readonly<Record<string, number>>;
  /** Of each metric the deviation that does not count; a lock file does not say. */
  readonly tolerances?: Readonly<Record<string, number>>;
}

/** @param missing instances that are declared and not made */
export function versionOfResults(
  name: string,
  results: ReadonlyMap<InstanceId, Result>,
  missing: readonly Instance[],
  codeOf: CodeDigestOf,
): Version {
  const made = [...results].map(([id, { code, params, metrics }]) => {
    return [id, { code, params, ...measured(metrics) }] as const;
  });
  const declared = missing.map(({ id, module, params }) => {
    return [id, { code: codeOf(module), params }] as const;
  });
  return { name, instances: new Map<InstanceId, VersionedResult>([...made, ...declared]) };
}

export function versionOfAccepted(name: string, { instances }: AcceptedProfile): Version {
  return { name, instances };
}

/** @param actions know what was behind the keys, unless they have been collected as garbage */
export function versionOfRun(
  name: string,
  rows: readonly InstanceRun[],
  actions: ActionLog,
): Version {
  const instances = rows.flatMap(({ instance, key, metrics }) => {
    if (key === undefined) return [];
    const { code, params } = actions.fingerprint(key) ?? {};
    const values = measured(metrics ?? actions.get(key)?.metrics ?? {});
    const known = code === undefined || params === undefined ? {} : { code, params };
    return [[instance, { ...known, ...values }] as const];
  });
  return { name, instances: new Map(instances) };
}

function measured(metrics: Metrics): Pick<VersionedResult, 'metrics' | 'tolerances'> {
  const all = Object.entries(metrics);
  return {
    metrics: Object.fromEntries(all.map(([name, [value]]) => [name, value])),
    tolerances: Object.fromEntries(all.map(([name, [, within]]) => [name, within])),
  };
}
