import type { Cache } from '../cache/cache.ts';
import type { OutputRecord } from '../cache/fingerprint.ts';
import { assess, type CodeDigestOf } from '../current/assess.ts';
import type { Instance, InstanceId } from '../pipeline/graph.ts';
import { upstreamOf } from '../pipeline/upstream.ts';
import type { RemoteCache } from './remote-cache.ts';
import { AT_A_TIME, Turns } from './turns.ts';

/** How the instances of a pull ended. */
export interface PullCounts {
  /** Nothing had to be fetched. */
  readonly present: number;
  readonly fetched: number;
  /** The remote cache does not have them: they must run. */
  readonly missing: number;
  /** What they read has to run first, so nobody knows what to ask for. */
  readonly waiting: number;
  /** Bytes. */
  readonly bytes: number;
  /** What the remote cache has, but not as it should be. */
  readonly damaged: readonly string[];
}

/**
 * Fetches what the remote cache has of the instances and puts the artifacts in place; runs nothing.
 * Only for the holder of the lock.
 *
 * @param instances each after those it reads from
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

  const settle = async (instance: Instance): Promise<void> => {
    const look = () => assess(cache, instance, codeOf, (id) => outputs.get(id));
    let found = await look();
    const isNew = found.state === 'outdated';
    if (found.state === 'outdated') {
      const answer = await remote.fetch(instance, found.key, found.fingerprint);
      if (answer.state === 'damaged') damaged.push(answer.what);
      if (answer.state === 'fetched') {
        counts.bytes += answer.bytes;
        found = await look();
      }
    }
    if (found.state === 'restorable') {
      for (const { output } of found.faults) {
        if (await cache.publish(instance, output)) continue;
        counts.missing += 1;
        return;
      }
    }
    if (found.state === 'outdated') counts.missing += 1;
    else if (found.state === 'waiting') counts.waiting += 1;
    else {
      counts[isNew ? 'fetched' : 'present'] += 1;
      outputs.set(instance.id, found.outputs);
    }
  };

  const turns = new Turns(AT_A_TIME);
  const settleInTurn = async (instance: Instance) => {
    await Promise.all(upstreamOf(instance).map((id) => pending.get(id)));
    await turns.take(() => settle(instance));
  };
  for (const instance of instances) pending.set(instance.id, settleInTurn(instance));
  const ends = await Promise.allSettled(pending.values());
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return { ...counts, damaged };
}
