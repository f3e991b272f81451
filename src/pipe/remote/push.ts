import type { Cache } from '../cache/cache.ts';
import type { ActionKey } from '../core/digest.ts';
import { assessAll, type CodeDigestOf } from '../current/assess.ts';
import type { Instance } from '../pipeline/graph.ts';
import type { RemoteCache } from './remote-cache.ts';
import { allSettled, limitRequests } from './requests.ts';

/** Actions by the outcome of a push. */
interface PushCounts {
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
    const assessment = assessments.get(id);
    if (assessment === undefined || !('outputs' in assessment)) counts.missing += 1;
    else keys.set(assessment.key, id);
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
