import type { Cache } from '../cache/cache.ts';
import type { OutputRecord } from '../cache/fingerprint.ts';
import { assess, type CodeDigestOf } from '../current/assess.ts';
import type { Instance, InstanceId } from '../pipeline/graph.ts';
import { upstreamOf } from '../pipeline/upstream.ts';
import type { RemoteCache } from './remote-cache.ts';
import { allSettled, limitRequests } from './requests.ts';

/** Instances by the outcome of a pull. */
export interface PullCounts {
  /** Already in the local cache. */
  readonly present: number;
  readonly fetched: number;
  /** Not in the remote cache. */
  readonly missing: number;
  /** Their action keys are unknown until their upstream has run. */
  readonly waiting: number;
  /** Bytes. */
  readonly bytes: number;
  /** Paths in the remote cache. */
  readonly damaged: readonly string[];
}

/**
 * Fetches the instances' results from the remote cache and restores their artifacts. Requires the
 * project's lock.
 *
 * @param instances in topological order
 */
export async function pull(
  cache: Cache,
  remote: RemoteCache,
  instances: readonly Instance[],
  codeOf: CodeDigestOf,
): Promise<PullCounts> {
  const counts = { present: 0, fetched: 0, missing: 0, waiting: 0, bytes: 0 };
  const damaged: string[] = [];
  const outputs = new Map<InstanceId, readonly OutputRecord[]>();
  const pending = new Map<InstanceId, Promise<void>>();

  const pullOne = async (instance: Instance): Promise<void> => {
    const assessNow = () => assess(cache, instance, codeOf, (id) => outputs.get(id));
    let assessment = await assessNow();
    const isNew = assessment.state === 'outdated';
    if (assessment.state === 'outdated') {
      const result = await remote.fetch(instance, assessment.key, assessment.fingerprint);
      if (result.state === 'damaged') damaged.push(result.path);
      if (result.state === 'fetched') {
        counts.bytes += result.bytes;
        assessment = await assessNow();
      }
    }
    if (assessment.state === 'restorable') {
      for (const { output } of assessment.faults) {
        if (await cache.publish(instance, output, !isNew)) continue;
        counts.missing += 1;
        return;
      }
    }
    if (assessment.state === 'outdated') counts.missing += 1;
    else if (assessment.state === 'waiting') counts.waiting += 1;
    else {
      counts[isNew ? 'fetched' : 'present'] += 1;
      outputs.set(instance.id, assessment.outputs);
    }
  };

  const limit = limitRequests();
  const pullAfterUpstream = async (instance: Instance) => {
    await Promise.all(upstreamOf(instance).map((id) => pending.get(id)));
    await limit(() => pullOne(instance));
  };
  for (const instance of instances) pending.set(instance.id, pullAfterUpstream(instance));
  await allSettled(pending.values());
  return { ...counts, damaged };
}
