import { groupBy } from '../../tables/group-by.ts';
import type { ActionKey } from '../core/digest.ts';
import type { Outdated } from '../current/assess.ts';
import type { Instance, InstanceId } from '../pipeline/graph.ts';
import { upstreamOf } from '../pipeline/upstream.ts';
import { longestChains } from '../runs/statistics.ts';
import { type Capacity, RunQueue } from './queue.ts';

/** Instances whose outputs are being stored; more of them would only fill the disk twice. */
const MAX_STORING = 32;

/** What is to run and what it waits for: upstream instances, free resources, or a twin that does equal work. */
export class Schedule {
  readonly #dependants: ReadonlyMap<InstanceId, readonly Instance[]>;
  /** How many upstream instances are not settled yet. */
  readonly #missing = new Map<InstanceId, number>();
  readonly #queue: RunQueue;
  readonly #outdated = new Map<InstanceId, Outdated>();
  /** By the key that is being worked on: instances that wait for its result instead of making it too. */
  readonly #twins = new Map<ActionKey, Instance[]>();
  readonly #storing = new Set<Instance>();
  /** Before all that is ready is queued nothing starts: the first would go first, not the longest. */
  #isStarted = false;
  #isStopped = false;

  /**
   * @param open instances that are not over, each after those it reads from
   * @param isOver instances that need not be waited for
   * @param secondsOf expected duration; what starts the longest chain goes first
   */
  constructor(
    open: readonly Instance[],
    isOver: (id: InstanceId) => boolean,
    capacity: Capacity,
    secondsOf: (instance: Instance) => number,
  ) {
    const waits = open.flatMap((instance) => {
      const upstream = upstreamOf(instance).filter((id) => !isOver(id));
      this.#missing.set(instance.id, upstream.length);
      return upstream.map((id) => ({ id, instance }));
    });
    const byUpstream = groupBy(waits, ({ id }) => id);
    this.#dependants = new Map(
      [...byUpstream].map(([id, list]) => [id, list.map(({ instance }) => instance)]),
    );
    const chains = longestChains(open, secondsOf);
    this.#queue = new RunQueue(capacity, (id) => chains.get(id)?.seconds ?? 0, secondsOf);
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Whether all that an instance reads is settled. */
  isReady({ id }: Instance): boolean {
    return this.#missing.get(id) === 0;
  }

  /** Queues an instance that has to run; returns whether it did, and is not the twin of one that is under way. */
  add(instance: Instance, outdated: Outdated): boolean {
    const twins = this.#twins.get(outdated.key);
    if (twins !== undefined) {
      twins.push(instance);
      return false;
    }
    this.#twins.set(outdated.key, []);
    this.#outdated.set(instance.id, outdated);
    this.enqueue(instance);
    return true;
  }

  enqueue(instance: Instance): void {
    this.#queue.add(instance);
  }

  start(): void {
    this.#isStarted = true;
  }

  /** The next instance to run, its resources taken; `undefined` if none can start now. */
  next(): Instance | undefined {
    const isHeld = !this.#isStarted || this.#isStopped || this.#storing.size >= MAX_STORING;
    return isHeld ? undefined : this.#queue.next();
  }

  /** What is queued that needs the same as an instance. */
  like(instance: Instance): { readonly count: number; readonly seconds: number } {
    return this.#queue.like(instance);
  }

  /** Why an instance that is queued or running is outdated. */
  outdated({ id }: Instance): Outdated {
    const outdated = this.#outdated.get(id);
    if (outdated === undefined) throw new Error(`${id} was started without being outdated`);
    return outdated;
  }

  /** The stage ended: what it occupied is free while its outputs are stored. */
  store(instance: Instance): void {
    this.#storing.add(instance);
    this.#queue.release(instance);
  }

  /** An attempt is over. */
  release(instance: Instance): void {
    if (!this.#storing.delete(instance)) this.#queue.release(instance);
  }

  /** Ends the work on an instance's key; returns the twins that waited for it. */
  takeTwins({ id }: Instance): readonly Instance[] {
    const outdated = this.#outdated.get(id);
    if (outdated === undefined) return [];
    const twins = this.#twins.get(outdated.key) ?? [];
    this.#twins.delete(outdated.key);
    return twins;
  }

  /** @returns the instances that were waiting for this one only */
  settle({ id }: Instance): readonly Instance[] {
    return (this.#dependants.get(id) ?? []).filter((instance) => {
      const missing = (this.#missing.get(instance.id) ?? 0) - 1;
      this.#missing.set(instance.id, missing);
      return missing === 0;
    });
  }

  /** Everything that needs this instance, directly or not; the instance itself is left out. */
  downstream({ id }: Instance): ReadonlySet<Instance> {
    const downstream = new Set(this.#dependants.get(id));
    // A set that grows while it is walked: each is visited once.
    for (const { id } of downstream)
      for (const next of this.#dependants.get(id) ?? []) downstream.add(next);
    return downstream;
  }

  /** Starts nothing more; returns what was queued. */
  stop(): readonly Instance[] {
    this.#isStopped = true;
    return this.#queue.clear();
  }
}

/**
 * Seconds until the last of some instances is done, if a run starts them as it would. Inputs from other
 * instances are taken to be there.
 *
 * @param work each after those it reads from
 */
export function estimateSeconds(
  work: readonly Instance[],
  capacity: Capacity,
  secondsOf: (instance: Instance) => number,
): number {
  const ids = new Set(work.map(({ id }) => id));
  const schedule = new Schedule(work, (id) => !ids.has(id), capacity, secondsOf);
  for (const instance of work) if (schedule.isReady(instance)) schedule.enqueue(instance);
  schedule.start();
  /** The first to end is the last here; there are no more of them than jobs. */
  const running: { readonly instance: Instance; readonly end: number }[] = [];
  let now = 0;
  for (;;) {
    for (let next = schedule.next(); next !== undefined; next = schedule.next()) {
      running.push({ instance: next, end: now + secondsOf(next) });
    }
    running.sort((a, b) => b.end - a.end);
    const first = running.pop();
    if (first === undefined) return now;
    now = first.end;
    schedule.release(first.instance);
    for (const ready of schedule.settle(first.instance)) schedule.enqueue(ready);
  }
}
