import { delayAfter } from '../core/clock.ts';
import { type Assessment, assess, force, type Outdated } from '../current/assess.ts';
import type { RunCounts } from '../events/events.ts';
import type { Instance, InstanceId } from '../pipeline/graph.ts';
import { RemoteLookup } from '../remote/lookup.ts';
import type { Failure } from '../workers/failure.ts';
import { Attempts } from './attempt.ts';
import { isLasting, notAllowed, storageFailure } from './failures.ts';
import type { Drain, RunRequest } from './options.ts';
import { RunProgress } from './run-progress.ts';
import { Schedule } from './schedule.ts';

type Restorable = Extract<Assessment, { state: 'restorable' }>;

/** Does what the assessments ask for; resolves when nothing is running any more. */
export async function runInstances(request: RunRequest): Promise<RunCounts> {
  return await new Run(request).finish();
}

/** Takes each instance from its assessment to its end; the schedule says when, attempts do the work. */
class Run {
  readonly #request: RunRequest;
  /** What was not current from the start: of a large graph mostly a small part. */
  readonly #pending: ReadonlyMap<InstanceId, Instance>;
  readonly #schedule: Schedule;
  readonly #progress: RunProgress;
  readonly #attempts: Attempts;
  readonly #remote: RemoteLookup;
  readonly #running = new Map<InstanceId, AbortController>();
  /** Attempts made so far. */
  readonly #made = new Map<InstanceId, number>();
  /** Called on a stop, to wake what waits for its next attempt. */
  readonly #wakes: (() => void)[] = [];
  /** What is going on: the run is over when nothing is. */
  #active = 1;
  #finished: () => void = () => {};
  #byId: ReadonlyMap<InstanceId, Instance> | undefined;

  constructor(request: RunRequest) {
    const { instances, assessments, capacity, secondsOf, emit, signal } = request;
    this.#request = request;
    this.#progress = new RunProgress(emit, assessments);
    const { isOver, outputsOf } = this.#progress;
    this.#remote = new RemoteLookup(request.remote, emit, signal);
    this.#attempts = new Attempts({ ...request, instanceOf: this.#instanceOf, outputsOf });
    const pending = instances.filter(({ id }) => !isOver(id));
    this.#pending = new Map(pending.map((instance) => [instance.id, instance]));
    this.#schedule = new Schedule(
      pending,
      isOver,
      capacity,
      (instance) => secondsOf(instance) ?? 1,
    );
  }

  async finish(): Promise<RunCounts> {
    const { assessments, signal, drain } = this.#request;
    signal.addEventListener('abort', () => this.#cancel(), { once: true });
    if (signal.aborted) this.#stop();
    drain?.signal.addEventListener('abort', () => this.#drain(drain), { once: true });
    const over = new Promise<void>((resolve) => {
      this.#finished = resolve;
    });
    for (const instance of this.#pending.values()) {
      const assessment = assessments.get(instance.id);
      // The others follow when what they need is in place.
      if (assessment !== undefined && this.#schedule.isReady(instance)) {
        this.#act(instance, assessment);
      }
    }
    this.#schedule.start();
    this.#pump();
    this.#end();
    await over;
    // What is left waits for something that was cancelled.
    for (const instance of this.#pending.values()) this.#progress.cancelled(instance);
    return this.#progress.counts;
  }

  /** Decides about an instance whose inputs are all known now. */
  async #decide(instance: Instance): Promise<void> {
    const { cache, codeOf, isForced } = this.#request;
    const { outputsOf } = this.#progress;
    const assessment = await assess(cache, instance, codeOf, outputsOf);
    const forced = () => force(cache, assessment, instance, codeOf, outputsOf);
    this.#act(instance, isForced(instance.id) ? await forced() : assessment);
  }

  #act(instance: Instance, assessment: Assessment): void {
    switch (assessment.state) {
      case 'waiting':
        throw new Error(`${instance.id} has open inputs`);
      case 'current':
        this.#progress.unchanged(instance, assessment.key, assessment.outputs);
        this.#advance(instance);
        return;
      case 'restorable':
        this.#during(instance, () => this.#restore(instance, assessment));
        return;
      case 'outdated':
        if (this.#request.isForced(instance.id) || !this.#remote.canAsk(instance)) {
          this.#enqueue(instance, assessment);
        } else this.#during(instance, () => this.#fetch(instance, assessment));
    }
  }

  async #fetch(instance: Instance, outdated: Outdated): Promise<void> {
    if (await this.#remote.fetch(instance, outdated)) await this.#decide(instance);
    else this.#enqueue(instance, outdated);
  }

  async #restore(instance: Instance, restorable: Restorable): Promise<void> {
    const { cache } = this.#request;
    for (const { kind, path, output } of restorable.faults) {
      if (kind === 'altered') {
        const what = 'was altered outside the pipeline: restored from the cache';
        this.#progress.warn(instance.id, `${cache.paths.show(path)} ${what}`);
      }
      if (await cache.publish(instance, output, !this.#remote.hasFetched(instance))) continue;
      const { key, fingerprint } = restorable;
      const lost = [{ output, blob: 'damaged' as const }];
      return this.#enqueue(instance, { state: 'outdated', key, fingerprint, lost });
    }
    this.#progress.restored(instance, restorable, this.#remote.hasFetched(instance));
    this.#advance(instance);
  }

  #enqueue(instance: Instance, outdated: Outdated): void {
    if (this.#schedule.isStopped) {
      this.#progress.cancelled(instance);
      return;
    }
    if (!this.#request.mayRun(instance)) {
      this.#failed(instance, notAllowed(instance));
      return;
    }
    if (!this.#schedule.add(instance, outdated)) return;
    for (const { output, blob } of outdated.lost) {
      const state = blob === 'missing' ? 'is gone from the cache' : 'is damaged in the cache';
      this.#progress.warn(instance.id, `the artifact '${output.name}' ${state}: made again`);
    }
    this.#pump();
  }

  /** Starts all that resources allow. */
  #pump(): void {
    for (let next = this.#schedule.next(); next !== undefined; next = this.#schedule.next()) {
      const instance = next;
      this.#during(instance, async () => {
        try {
          await this.#attempt(instance);
        } finally {
          this.#schedule.release(instance);
          this.#pump();
        }
      });
    }
  }

  async #attempt(instance: Instance): Promise<void> {
    const { emit, reasonOf, secondsOf } = this.#request;
    const { id } = instance;
    const outdated = this.#schedule.outdated(instance);
    const { key, fingerprint } = outdated;
    const attempt = (this.#made.get(id) ?? 0) + 1;
    this.#made.set(id, attempt);
    const own = new AbortController();
    this.#running.set(id, own);
    const result = await this.#attempts.run(
      {
        instance,
        key,
        fingerprint,
        attempt,
        outlook: { seconds: secondsOf(instance), behind: this.#schedule.like(instance) },
      },
      {
        started: (pid, host) => {
          const about = { reason: reasonOf(instance, outdated), estimate: secondsOf(instance) };
          this.#progress.started(instance, { attempt, pid, host, ...about });
        },
        progress: (progress) => emit({ type: 'progress', instance: id, progress }),
        output: (line) => emit({ type: 'output', instance: id, line }),
        notice: (message) => emit({ type: 'notice', instance: id, message }),
        // The disk is slow to make things last: the next stage computes meanwhile.
        ended: () => {
          this.#schedule.store(instance);
          this.#pump();
        },
      },
      own.signal,
    );
    this.#running.delete(id);
    if (result.ok) {
      if (this.#request.isSharing === true) await this.#remote.send(key);
      this.#progress.ran(instance, key, result);
      this.#advance(instance);
      this.#releaseTwins(instance);
    } else if ('failure' in result) this.#failed(instance, result.failure);
    else if ('interrupted' in result) this.#interrupted(instance, result.interrupted);
    else this.#progress.cancelled(instance, result.isLeft === true);
  }

  #failed(instance: Instance, failure: Failure): void {
    // What failed before its first attempt is not tried again.
    const made = this.#made.get(instance.id) ?? 0;
    const isTriedAgain =
      !this.#schedule.isStopped && !isLasting(failure) && made > 0 && made <= instance.retries;
    const delay = isTriedAgain ? delayAfter(made, instance.backoff) : undefined;
    this.#progress.failed(instance, failure, Math.max(1, made), delay);
    if (delay !== undefined) {
      this.#during(instance, () => this.#retry(instance, delay));
      return;
    }
    for (const waiting of this.#schedule.downstream(instance)) {
      this.#progress.skipped(waiting, instance.id);
    }
    this.#releaseTwins(instance);
    if (!this.#request.keepGoing) this.#stop();
  }

  /** It was not the stage's fault: tried again, and not counted. */
  #interrupted(instance: Instance, why: string): void {
    const made = this.#made.get(instance.id) ?? 1;
    this.#made.set(instance.id, made - 1);
    if (this.#schedule.isStopped) {
      this.#progress.cancelled(instance);
      return;
    }
    this.#progress.failed(instance, { kind: 'interrupted', message: why }, made, 0);
    this.#during(instance, () => this.#retry(instance, 0));
  }

  /** @param delay milliseconds until the next attempt, if the run is not stopped before */
  async #retry(instance: Instance, delay: number): Promise<void> {
    const { clock } = this.#request;
    await new Promise<void>((resolve) => {
      const callOff = clock.after(delay, resolve);
      this.#wakes.push(() => {
        callOff();
        resolve();
      });
    });
    if (this.#schedule.isStopped) return this.#progress.cancelled(instance);
    this.#schedule.enqueue(instance);
    this.#pump();
  }

  /** Twins look again: they find the record, or run themselves. */
  #releaseTwins(instance: Instance): void {
    for (const twin of this.#schedule.takeTwins(instance)) {
      this.#during(twin, () => this.#decide(twin));
    }
  }

  /** Early cutoff: what waited for an instance only is decided about by what that made. */
  #advance(instance: Instance): void {
    for (const ready of this.#schedule.settle(instance)) {
      if (!this.#progress.isOver(ready.id)) this.#during(ready, () => this.#decide(ready));
    }
  }

  #cancel(): void {
    this.#stop();
    for (const controller of this.#running.values()) controller.abort();
  }

  /** Starts nothing more; what runs is awaited. */
  #stop(): void {
    if (this.#schedule.isStopped) return;
    for (const instance of this.#schedule.stop()) this.#progress.cancelled(instance);
    for (const wake of this.#wakes) wake();
  }

  #drain({ isOutdated }: Drain): void {
    this.#stop();
    for (const [id, controller] of this.#running) if (isOutdated(id)) controller.abort();
  }

  #during(instance: Instance, work: () => Promise<void>): void {
    this.#active += 1;
    work()
      .catch((error) => this.#failed(instance, storageFailure(error, this.#request.cache)))
      .finally(() => this.#end());
  }

  #end(): void {
    this.#active -= 1;
    if (this.#active === 0) this.#finished();
  }

  readonly #instanceOf = (id: InstanceId): Instance => {
    const instance = this.#pending.get(id) ?? this.#instances.get(id);
    if (instance === undefined) throw new Error(`${id} is needed but not part of the run`);
    return instance;
  };

  /** Asked for what an instance reads that was current. */
  get #instances(): ReadonlyMap<InstanceId, Instance> {
    const { instances } = this.#request;
    this.#byId ??= new Map(instances.map((instance) => [instance.id, instance]));
    return this.#byId;
  }
}
