import type { ActionKey } from '../core/digest.ts';
import type { Outdated } from '../current/assess.ts';
import { type Assessment, assess, force } from '../current/assess.ts';
import type { RunCounts } from '../events/events.ts';
import type { Instance, InstanceId } from '../pipeline/graph.ts';
import { RemoteLookup } from '../remote/lookup.ts';
import type { Failure } from '../workers/failure.ts';
import { Attempts } from './attempt.ts';
import { isLasting, notAllowed, storageFailure } from './failures.ts';
import { Frontier } from './frontier.ts';
import { Outcomes } from './outcomes.ts';
import { RunQueue, remainingPaths } from './queue.ts';
import { Retries } from './retries.ts';
import type { Drain, RunRequest } from './run-request.ts';

type Restorable = Extract<Assessment, { state: 'restorable' }>;

/** Does what the assessments ask for; resolves when nothing is running any more. */
export async function runInstances(request: RunRequest): Promise<RunCounts> {
  return await new Run(request).finish();
}

/** Instances whose outputs are being stored; more of them would only fill the disk twice. */
const MAX_STORING = 32;

class Run {
  readonly #request: RunRequest;
  /** What was not current from the start: of a large graph mostly a small part. */
  readonly #open: ReadonlyMap<InstanceId, Instance>;
  #byId: ReadonlyMap<InstanceId, Instance> | undefined;
  readonly #frontier: Frontier;
  readonly #queue: RunQueue;
  readonly #outcomes: Outcomes;
  readonly #outdated = new Map<InstanceId, Outdated>();
  /** Keys being worked on, and who else waits for them: equal work under two names is done once. */
  readonly #underWay = new Map<ActionKey, Instance[]>();
  readonly #attempts: Attempts;
  readonly #retries: Retries;
  readonly #storing = new Set<Instance>();
  readonly #running = new Map<InstanceId, AbortController>();
  readonly #remote: RemoteLookup;
  /** Things that are going on: the run is over when there are none. */
  #active = 0;
  #stopped = false;
  /** Whether all that can start at once is in the queue: before, the first would go first, not the longest. */
  #hasBegun = false;
  #resolve: () => void = () => {};

  constructor(request: RunRequest) {
    const { instances, assessments, capacity, secondsOf, clock } = request;
    this.#request = request;
    this.#outcomes = new Outcomes(request.emit, assessments);
    this.#remote = new RemoteLookup(request.remote, request.emit, request.signal);
    this.#retries = new Retries(clock);
    this.#attempts = new Attempts({
      ...request,
      instanceOf: this.#instanceOf,
      outputsOf: this.#outcomes.outputsOf,
    });
    const open = instances.filter(({ id }) => !this.#outcomes.isOver(id));
    this.#open = new Map(open.map((instance) => [instance.id, instance]));
    this.#frontier = new Frontier(open, (id) => this.#outcomes.isOver(id));
    const paths = remainingPaths(open, (instance) => secondsOf(instance) ?? 1);
    this.#queue = new RunQueue(capacity, (id) => paths.get(id) ?? 0);
  }

  async finish(): Promise<RunCounts> {
    const { assessments, signal, drain } = this.#request;
    const over = new Promise<void>((resolve) => {
      this.#resolve = resolve;
    });
    signal.addEventListener('abort', () => this.#stop(), { once: true });
    if (signal.aborted) this.#stop();
    drain?.signal.addEventListener('abort', () => this.#drain(drain), { once: true });
    this.#begin();
    for (const instance of this.#open.values()) {
      const found = assessments.get(instance.id);
      if (found === undefined) continue;
      // The others follow when what they need is in place.
      if (this.#frontier.isOpen(instance.id)) this.#act(instance, found);
    }
    this.#hasBegun = true;
    this.#pump();
    this.#end();
    await over;
    return this.#outcomes.counts;
  }

  /** Decides about an instance whose inputs are all known now. */
  async #decide(instance: Instance): Promise<void> {
    const { cache, codeOf, isForced } = this.#request;
    const { outputsOf } = this.#outcomes;
    const found = await assess(cache, instance, codeOf, outputsOf);
    const forced = isForced(instance.id);
    this.#act(instance, forced ? force(found, instance, codeOf, outputsOf) : found);
  }

  #act(instance: Instance, found: Assessment): void {
    switch (found.state) {
      case 'waiting':
        throw new Error(`${instance.id} has open inputs`);
      case 'current':
        this.#outcomes.unchanged(instance, found.key, found.outputs);
        this.#advance(instance);
        return;
      case 'restorable':
        this.#during(() => this.#restore(instance, found), instance);
        return;
      case 'outdated':
        if (this.#request.isForced(instance.id) || !this.#remote.canAsk(instance)) {
          this.#enqueue(instance, found);
        } else this.#during(() => this.#fetch(instance, found), instance);
    }
  }

  async #fetch(instance: Instance, found: Outdated): Promise<void> {
    if (await this.#remote.fetch(instance, found)) await this.#decide(instance);
    else this.#enqueue(instance, found);
  }

  #enqueue(instance: Instance, found: Outdated): void {
    if (this.#stopped) {
      this.#outcomes.cancelled(instance);
      return;
    }
    if (!this.#request.mayRun(instance)) {
      this.#failed(instance, notAllowed(instance));
      return;
    }
    const others = this.#underWay.get(found.key);
    if (others !== undefined) {
      others.push(instance);
      return;
    }
    this.#underWay.set(found.key, []);
    for (const { output, blob } of found.lost) {
      const state = blob === 'missing' ? 'is gone from the cache' : 'is damaged in the cache';
      this.#outcomes.warn(instance.id, `the artifact '${output.name}' ${state}: made again`);
    }
    this.#outdated.set(instance.id, found);
    this.#queue.add(instance);
    this.#pump();
  }

  async #restore(instance: Instance, found: Restorable): Promise<void> {
    const { cache } = this.#request;
    for (const fault of found.faults) {
      if (fault.kind === 'altered') {
        const what = 'was altered outside the pipeline: restored from the cache';
        this.#outcomes.warn(instance.id, `${cache.paths.show(fault.path)} ${what}`);
      }
      if (await cache.publish(instance, fault.output)) continue;
      const { key, fingerprint } = found;
      const lost = [{ output: fault.output, blob: 'damaged' as const }];
      return this.#enqueue(instance, { state: 'outdated', key, fingerprint, lost });
    }
    this.#outcomes.restored(instance, found, this.#remote.hasFetched(instance));
    this.#advance(instance);
  }

  /** Starts all that resources allow. */
  #pump(): void {
    for (;;) {
      const isHeld = !this.#hasBegun || this.#stopped || this.#storing.size >= MAX_STORING;
      const instance = isHeld ? undefined : this.#queue.next();
      if (instance === undefined) return;
      this.#during(async () => {
        // The disk is slow to make things last: the next stage computes meanwhile.
        const ended = () => {
          this.#storing.add(instance);
          this.#queue.release(instance);
          this.#pump();
        };
        try {
          await this.#attempt(instance, ended);
        } finally {
          if (!this.#storing.delete(instance)) this.#queue.release(instance);
          this.#pump();
        }
      }, instance);
    }
  }

  async #attempt(instance: Instance, ended: () => void): Promise<void> {
    const { emit, signal } = this.#request;
    const found = this.#outdated.get(instance.id);
    if (found === undefined) throw new Error(`${instance.id} was started without being outdated`);
    const attempt = this.#retries.begin(instance.id);
    const { key, fingerprint } = found;
    const { reasonOf, secondsOf } = this.#request;
    const own = new AbortController();
    this.#running.set(instance.id, own);
    const result = await this.#attempts.run(
      { instance, key, fingerprint, attempt },
      {
        started: (pid) => {
          const about = { reason: reasonOf(instance, found), estimate: secondsOf(instance) };
          this.#outcomes.started(instance, { attempt, pid, ...about });
        },
        progress: (progress) => emit({ type: 'progress', instance: instance.id, progress }),
        output: (line) => emit({ type: 'output', instance: instance.id, line }),
        ended,
      },
      AbortSignal.any([signal, own.signal]),
    );
    this.#running.delete(instance.id);
    if (result.ok) {
      this.#outcomes.ran(instance, key, result);
      this.#advance(instance);
      this.#releaseTwins(key);
    } else if ('failure' in result) this.#failed(instance, result.failure);
    else this.#outcomes.cancelled(instance);
  }

  #failed(instance: Instance, failure: Failure): void {
    const { id } = instance;
    const attempt = Math.max(1, this.#retries.attempt(id));
    const retry = !this.#stopped && !isLasting(failure) && this.#retries.isLeft(instance);
    const delay = retry ? this.#retryLater(instance) : undefined;
    this.#outcomes.failed(instance, failure, attempt, delay);
    if (retry) return;
    for (const waiting of this.#frontier.downstream(id)) this.#outcomes.skipped(waiting, id);
    const found = this.#outdated.get(id);
    if (found !== undefined) this.#releaseTwins(found.key);
    if (!this.#request.keepGoing) this.#stop();
  }

  /** @returns milliseconds until then */
  #retryLater(instance: Instance): number {
    this.#begin();
    return this.#retries.later(instance, () => {
      this.#queue.add(instance);
      this.#pump();
      this.#end();
    });
  }

  /** Others with the same key look again: they find the record, or run themselves. */
  #releaseTwins(key: ActionKey): void {
    const twins = this.#underWay.get(key) ?? [];
    this.#underWay.delete(key);
    for (const twin of twins) this.#during(() => this.#decide(twin), twin);
  }

  /** Decides about what has waited for an instance only. */
  #advance({ id }: Instance): void {
    for (const open of this.#frontier.settle(id)) {
      if (!this.#outcomes.isOver(open.id)) this.#during(() => this.#decide(open), open);
    }
  }

  /** Starts nothing more; what runs is awaited. */
  #stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const instance of this.#queue.clear()) this.#outcomes.cancelled(instance);
    for (const instance of this.#retries.clear()) {
      this.#outcomes.cancelled(instance);
      this.#end();
    }
  }

  #drain({ isOutdated }: Drain): void {
    this.#stop();
    for (const [id, controller] of this.#running) if (isOutdated(id)) controller.abort();
  }

  readonly #instanceOf = (id: InstanceId): Instance => {
    const instance = this.#open.get(id) ?? this.#all.get(id);
    if (instance === undefined) throw new Error(`${id} is needed but not part of the run`);
    return instance;
  };

  /** Asked for what an instance reads that was current. */
  get #all(): ReadonlyMap<InstanceId, Instance> {
    const { instances } = this.#request;
    this.#byId ??= new Map(instances.map((instance) => [instance.id, instance]));
    return this.#byId;
  }

  /** Something that goes on for a while; the run does not end before it. */
  #during(work: () => Promise<void>, instance: Instance): void {
    this.#begin();
    work()
      .catch((error: unknown) => this.#failed(instance, storageFailure(error, this.#request.cache)))
      .finally(() => this.#end());
  }

  #begin(): void {
    this.#active += 1;
  }

  #end(): void {
    this.#active -= 1;
    if (this.#active > 0) return;
    // What is left waits for something that was cancelled.
    for (const instance of this.#open.values()) this.#outcomes.cancelled(instance);
    this.#resolve();
  }
}
