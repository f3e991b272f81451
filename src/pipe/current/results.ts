import type { Cache } from '../cache/cache.ts';
import type { OutputRecord } from '../cache/fingerprint.ts';
import type { Metrics } from '../cache/metrics.ts';
import type { ActionKey } from '../core/digest.ts';
import type { Json } from '../core/json.ts';
import { thisMachineType } from '../core/machine.ts';
import type { Instance, InstanceId } from '../pipeline/graph.ts';
import { assessAll, type CodeDigestOf } from './assess.ts';

/** The result of an instance, and what it was computed from. */
export interface Result {
  readonly key: ActionKey;
  readonly code: string;
  readonly params: Json;
  readonly metrics: Metrics;
  /** Type of the machine that computed it. */
  readonly machine: string;
  readonly outputs: readonly OutputRecord[];
}

/** Results in place or in the cache, and the instances that have none. */
export interface CurrentResults {
  readonly results: ReadonlyMap<InstanceId, Result>;
  readonly missing: readonly Instance[];
}

export async function currentResults(
  cache: Cache,
  instances: readonly Instance[],
  codeOf: CodeDigestOf,
): Promise<CurrentResults> {
  const results = new Map<InstanceId, Result>();
  const missing: Instance[] = [];
  const assessments = await assessAll(cache, instances, codeOf);
  for (const instance of instances) {
    const { id, module, params } = instance;
    const assessment = assessments.get(id);
    if (assessment === undefined || !('outputs' in assessment)) {
      missing.push(instance);
      continue;
    }
    const { key, outputs } = assessment;
    const { metrics = {}, machine = thisMachineType() } = cache.actions.get(key) ?? {};
    results.set(id, { key, code: codeOf(module), params, metrics, machine, outputs });
  }
  return { results, missing };
}
