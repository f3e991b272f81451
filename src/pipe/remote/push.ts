import type { Cache } from '../cache/cache.ts';
import type { ActionKey } from '../core/digest.ts';
import { assessAll, type CodeDigestOf } from '../current/assess.ts';
import type { Instance } from '../pipeline/graph.ts';
import type { RemoteCache } from './remote-cache.ts';
import { AT_A_TIME, Turns } from './turns.ts';

/** What a push did. */
export interface PushCounts {
  readonly sent: number;
  /** The remote cache had them. */
  readonly known: number;
  /** They are not done here, or not as they now are. */
  readonly undone: number;
  /** Bytes. */
  readonly bytes: number;
  /** Ids of instances whose files the cache has lost. */
  readonly lost: readonly string[];
}

/**
 * Sends what the instances made, as far as it is current. Reads only, so that it may go on beside a
 * run.
 *
 * @param again also what the remote cache has already
 */
export async function push(
  cache: Cache,
  remote: RemoteCache,
  instances: readonly Instance[],
  codeOf: CodeDigestOf,
  again: boolean,
): Promise<PushCounts> {
  const found = await assessAll(cache, instances, codeOf);
  const counts = { sent: 0, known: 0, undone: 0, bytes: 0 };
  const lost: string[] = [];
  const keys = new Map<ActionKey, string>();
  for (const { id } of instances) {
    const assessment = found.get(id);
    if (assessment === undefined || !('outputs' in assessment)) counts.undone += 1;
    else keys.set(assessment.key, id);
  }
  const turns = new Turns(AT_A_TIME);
  const ends = await Promise.allSettled(
    [...keys].map(async ([key, id]) => {
      const result = await turns.take(() => remote.send(key, again));
      if (result.state === 'lost') lost.push(id);
      else counts[result.state] += 1;
      if (result.state === 'sent') counts.bytes += result.bytes;
    }),
  );
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return { ...counts, lost: lost.sort() };
}
