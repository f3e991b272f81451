import { groupBy } from '../../tables/group-by.ts';
import { sum } from '../core/collections.ts';
import type { Instance, InstanceId } from '../pipeline/graph.ts';
import { upstreamOf } from '../pipeline/upstream.ts';
import type { InstanceRun } from './recorder.ts';

/** What runs spent on one stage. */
export interface StageStatistics {
  readonly stage: string;
  readonly ran: number;
  readonly restored: number;
  readonly current: number;
  readonly failed: number;
  /** Of all that ran, in all. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** In the queue of a cluster; 0 where there is none. */
  readonly queuedSeconds: number;
  /** Of the slowest that ran. */
  readonly longest: number;
  /** Bytes; of the largest. */
  readonly peakMemory: number;
}

/** By stage, what took longest first. */
export function stageStatistics(rows: readonly InstanceRun[]): readonly StageStatistics[] {
  const stages = groupBy(rows, ({ stage }) => stage);
  return [...stages]
    .map(([stage, own]) => {
      const count = (status: InstanceRun['status']) =>
        own.filter((row) => row.status === status).length;
      const values = (pick: (row: InstanceRun) => number | undefined) =>
        own.flatMap((row) => pick(row) ?? []);
      return {
        stage,
        ran: count('ran'),
        restored: count('restored'),
        current: count('current'),
        failed: count('failed'),
        seconds: sum(values(({ seconds }) => seconds)),
        cpuSeconds: sum(values(({ cpuSeconds }) => cpuSeconds)),
        queuedSeconds: sum(values(({ host }) => host?.queued)),
        longest: Math.max(0, ...values(({ seconds }) => seconds)),
        peakMemory: Math.max(0, ...values(({ peakMemory }) => peakMemory)),
      };
    })
    .sort((a, b) => b.seconds - a.seconds);
}

/** What did not have to run, of all that was asked for; `undefined` when nothing was. */
export function hitRate(stages: readonly StageStatistics[]): number | undefined {
  const hits = sum(stages.map(({ current, restored }) => current + restored));
  const all = hits + sum(stages.map(({ ran, failed }) => ran + failed));
  return all === 0 ? undefined : hits / all;
}

/** The slowest chain of dependent instances that begins with an instance. */
interface Chain {
  readonly instance: Instance;
  /** Of the whole chain. */
  readonly seconds: number;
  readonly next: Chain | undefined;
}

/**
 * The longest chain from each instance. Linear in the graph.
 * @param instances each after those it reads from
 */
export function longestChains(
  instances: readonly Instance[],
  secondsOf: (instance: Instance) => number,
): ReadonlyMap<InstanceId, Chain> {
  const chains = new Map<InstanceId, Chain>();
  const after = new Map<InstanceId, Chain>();
  // Dependants come after what they need: from the back each is known before it is asked for.
  for (const instance of instances.toReversed()) {
    const next = after.get(instance.id);
    const chain = { instance, seconds: secondsOf(instance) + (next?.seconds ?? 0), next };
    chains.set(instance.id, chain);
    for (const upstream of upstreamOf(instance)) {
      if (chain.seconds > (after.get(upstream)?.seconds ?? -1)) after.set(upstream, chain);
    }
  }
  return chains;
}

/** The chain of instances that no number of jobs makes shorter. */
export interface CriticalPath {
  readonly steps: readonly { readonly instance: Instance; readonly seconds: number }[];
  /** Of the chain. */
  readonly seconds: number;
  /** Of all instances. */
  readonly work: number;
}

export function criticalPath(
  instances: readonly Instance[],
  secondsOf: (instance: Instance) => number,
): CriticalPath {
  let longest: Chain | undefined;
  for (const chain of longestChains(instances, secondsOf).values()) {
    if (longest === undefined || chain.seconds >= longest.seconds) longest = chain;
  }
  const steps = [];
  for (let at = longest; at !== undefined; at = at.next) {
    steps.push({ instance: at.instance, seconds: at.seconds - (at.next?.seconds ?? 0) });
  }
  return { steps, seconds: longest?.seconds ?? 0, work: sum(instances.map(secondsOf)) };
}
