import type { Cache } from '../cache/cache.ts';
import type { OutputRecord } from '../cache/fingerprint.ts';
import type { ActionKey } from '../core/digest.ts';
import { assess, assessAll, type CodeDigestOf, resultIn } from '../current/assess.ts';
import type { Instance, InstanceId } from '../pipeline/graph.ts';
import { upstreamOf } from '../pipeline/upstream.ts';
import { allSettled, limitRequests } from './http-store.ts';
import type { RemoteCache } from './remote-cache.ts';

/** Actions by the outcome of a push. */
export interface PushCounts {
  readonly sent: number;
  /** Already in the remote cache. */
  readonly present: number;
  /** Instances without a current result. */
  readonly missing: number;
  /** Bytes. */
  readonly bytes: number;
  /** Ids of instances whose blobs are missing or damaged in the local cache. */
  readonly lost: readonly string[];
}

/**
 * Sends the current results of the instances to the remote cache. Only reads the local cache, so it may
 * run at the same time as `pipe run`.
 *
 * @param force also send what the remote cache already has
 */
export async function push(
  cache: Cache,
  remote: RemoteCache,
  instances: readonly Instance[],
  codeOf: CodeDigestOf,
  force: boolean,
): Promise<PushCounts> {
  const assessments = await assessAll(cache, instances, codeOf);
  const counts = { sent: 0, present: 0, missing: 0, bytes: 0 };
  const lost: string[] = [];
  const keys = new Map<ActionKey, string>();
  for (const { id } of instances) {
    const result = resultIn(assessments, id);
    if (result === undefined) counts.missing += 1;
    else keys.set(result.key, id);
  }
  const limit = limitRequests();
  await allSettled(
    [...keys].map(async ([key, id]) => {
      const result = await limit(() => remote.send(key, force));
      if (result.state === 'lost') lost.push(id);
      else counts[result.state] += 1;
      if (result.state === 'sent') counts.bytes += result.bytes;
    }),
  );
  return { ...counts, lost: lost.sort() };
}

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
