import type { Instance, InstanceId } from '../pipeline/graph.ts';
import { type Assessment, assess, type CodeDigestOf, force } from './assess.ts';
import type { Cache } from './cache.ts';
import type { ActionKey } from './digest.ts';
import { explainDiskFault, RunError } from './error.ts';
import type { Emit, Failure, RunCounts } from './events.ts';
import type { Executor, Job, JobResult } from './executor.ts';
import type { Fingerprint, OutputRecord } from './fingerprint.ts';
import { Frontier } from './frontier.ts';
import { attemptFolder, inputPaths, jobOf } from './job.ts';
import { type Capacity, RunQueue, remainingPaths } from './queue.ts';

/** Milliseconds before a failed instance is tried again; doubled with each attempt. */
const BACK_OFF = 1000;

/** Lines of an instance's log that come with its failure. */
const LOG_LINES = 20;

export interface RunRequest {
  readonly cache: Cache;
  readonly executor: Executor;
  readonly emit: Emit;
  /** What the run is about, each after those it reads from. */
  readonly instances: readonly Instance[];
  /** What was found about them. */
  readonly assessments: ReadonlyMap<InstanceId, Assessment>;
  readonly codeOf: CodeDigestOf;
  /** Runs although nothing changed. */
  readonly isForced: (id: InstanceId) => boolean;
  readonly capacity: Capacity;
  /** Whether an instance may run: the others can only be restored. */
  readonly mayRun: (instance: Instance) => boolean;
  /** Goes on with what does not depend on a failed instance. */
  readonly keepGoing: boolean;
  /** Cancels the run. */
  readonly signal: AbortSignal;
  readonly drain?: Drain;
  /** Expected seconds of an instance, from earlier runs. */
  readonly secondsOf: (instance: Instance) => number | undefined;
  /** Why an instance has to run, in a few words. */
  readonly reasonOf: (instance: Instance, assessment: Outdated) => string;
  /** Milliseconds; for tests. */
  readonly backOff?: number;
}

/** Starts nothing more when its signal comes, and cancels of what runs only what is outdated. */
export interface Drain {
  readonly signal: AbortSignal;
  readonly isOutdated: (id: InstanceId) => boolean;
}

export type Outdated = Extract<Assessment, { state: 'outdated' }>;
type Restorable = Extract<Assessment, { state: 'restorable' }>;

/** Does what the assessments ask for; resolves when nothing is running any more. */
export async function runInstances(request: RunRequest): Promise<RunCounts> {
  return await new Run(request).finish();
}

class Run {
  readonly #request: RunRequest;
  readonly #byId: ReadonlyMap<InstanceId, Instance>;
  readonly #frontier: Frontier;
  readonly #queue: RunQueue;
  readonly #outputs = new Map<InstanceId, readonly OutputRecord[]>();
  readonly #outdated = new Map<InstanceId, Outdated>();
  /** Keys being worked on, and who else waits for them: equal work under two names is done once. */
  readonly #underWay = new Map<ActionKey, Instance[]>();
  readonly #attempts = new Map<InstanceId, number>();
  readonly #running = new Map<InstanceId, AbortController>();
  readonly #over = new Set<InstanceId>();
  readonly #counts = { current: 0, restored: 0, ran: 0, failed: 0, skipped: 0, cancelled: 0 };
  /** Things that are going on: the run is over when there are none. */
  #active = 0;
  #folders = 0;
  /** Retries to come. */
  readonly #timers = new Map<NodeJS.Timeout, Instance>();
  #stopped = false;
  #resolve: () => void = () => {};

  constructor(request: RunRequest) {
    const { instances, assessments, capacity, secondsOf } = request;
    this.#request = request;
    this.#byId = new Map(instances.map((instance) => [instance.id, instance]));
    for (const [id, found] of assessments) {
      if (found.state !== 'current') continue;
      this.#outputs.set(id, found.outputs);
      this.#over.add(id);
      this.#counts.current += 1;
    }
    this.#frontier = new Frontier(instances, (id) => this.#outputs.has(id));
    const paths = remainingPaths(instances, (instance) => secondsOf(instance) ?? 1);
    this.#queue = new RunQueue(capacity, (id) => paths.get(id) ?? 0);
  }

  async finish(): Promise<RunCounts> {
    const { instances, assessments, signal, drain } = this.#request;
    const over = new Promise<void>((resolve) => {
      this.#resolve = resolve;
    });
    signal.addEventListener('abort', () => this.#stop(), { once: true });
    if (signal.aborted) this.#stop();
    drain?.signal.addEventListener('abort', () => this.#drain(drain), { once: true });
    this.#begin();
    for (const instance of instances) {
      const found = assessments.get(instance.id);
      if (found === undefined || found.state === 'current') continue;
      // The others follow when what they need is in place.
      if (this.#frontier.isOpen(instance.id)) this.#act(instance, found);
    }
    this.#pump();
    this.#end();
    await over;
    return this.#counts;
  }

  /** Decides about an instance whose inputs are all known now. */
  async #decide(instance: Instance): Promise<void> {
    const { cache, codeOf, isForced } = this.#request;
    const outputsOf = (id: InstanceId) => this.#outputs.get(id);
    const found = await assess(cache, instance, codeOf, outputsOf);
    const forced = isForced(instance.id);
    this.#act(instance, forced ? force(found, instance, codeOf, outputsOf) : found);
  }

  #act(instance: Instance, found: Assessment): void {
    switch (found.state) {
      case 'waiting':
        throw new Error(`${instance.id} has open inputs`);
      case 'current':
        this.#request.emit({ type: 'unchanged', instance: instance.id, stage: instance.stage });
        this.#counts.current += 1;
        this.#settle(instance, found.outputs);
        return;
      case 'restorable':
        this.#during(() => this.#restore(instance, found), instance);
        return;
      case 'outdated':
        this.#enqueue(instance, found);
    }
  }

  #enqueue(instance: Instance, found: Outdated): void {
    if (this.#stopped) {
      this.#cancel(instance);
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
      const message = `the artifact '${output.name}' ${state}: made again`;
      this.#request.emit({ type: 'warning', instance: instance.id, message });
    }
    this.#outdated.set(instance.id, found);
    this.#queue.add(instance);
    this.#pump();
  }

  async #restore(instance: Instance, found: Restorable): Promise<void> {
    const { cache, emit } = this.#request;
    for (const fault of found.faults) {
      if (fault.kind === 'altered') {
        const message = `${cache.paths.show(fault.path)} was altered outside the pipeline: restored from the cache`;
        emit({ type: 'warning', instance: instance.id, message });
      }
      if (await cache.publish(instance, fault.output)) continue;
      const { key, fingerprint } = found;
      const lost = [{ output: fault.output, blob: 'damaged' as const }];
      return this.#enqueue(instance, { state: 'outdated', key, fingerprint, lost });
    }
    const outputs = found.faults.map(({ output }) => output.name);
    emit({
      type: 'restored',
      instance: instance.id,
      stage: instance.stage,
      key: found.key,
      outputs,
    });
    this.#counts.restored += 1;
    this.#settle(instance, found.outputs);
  }

  /** Starts all that resources allow. */
  #pump(): void {
    for (;;) {
      const instance = this.#stopped ? undefined : this.#queue.next();
      if (instance === undefined) return;
      this.#during(async () => {
        try {
          await this.#attempt(instance);
        } finally {
          this.#queue.release(instance);
          this.#pump();
        }
      }, instance);
    }
  }

  async #attempt(instance: Instance): Promise<void> {
    const { cache, emit, executor, signal } = this.#request;
    const found = this.#outdated.get(instance.id);
    if (found === undefined) throw new Error(`${instance.id} was started without being outdated`);
    const attempt = (this.#attempts.get(instance.id) ?? 0) + 1;
    this.#attempts.set(instance.id, attempt);
    this.#folders += 1;
    const folder = attemptFolder(cache.paths, this.#folders);
    const own = new AbortController();
    this.#running.set(instance.id, own);
    try {
      await this.#secureInputs(instance);
      const job = this.#prepare(instance, found, attempt, folder);
      // The start of a process is not the stage's time.
      let begin = performance.now();
      const result = await executor.run(
        job,
        {
          started: (pid) => {
            begin = performance.now();
            this.#emitStarted(instance, found, attempt, pid);
          },
          progress: (progress) => emit({ type: 'progress', instance: instance.id, progress }),
          output: (line) => emit({ type: 'output', instance: instance.id, line }),
        },
        AbortSignal.any([signal, own.signal]),
      );
      const seconds = (performance.now() - begin) / 1000;
      if (!result.ok) {
        return 'failure' in result
          ? this.#failed(instance, result.failure)
          : this.#cancel(instance);
      }
      const altered = inputPaths(instance, cache.paths, this.#instanceOf).find(
        (path) => !cache.isUntouched(path),
      );
      if (altered !== undefined) return this.#failed(instance, inputChanged(cache, altered));
      await this.#keep(instance, found, job, result, seconds);
    } catch (error) {
      this.#failed(instance, storageFailure(error, cache));
    } finally {
      this.#running.delete(instance.id);
      removeQuietly(cache, folder);
    }
  }

  /** Puts back what was altered since it was verified. */
  async #secureInputs(instance: Instance): Promise<void> {
    const { cache } = this.#request;
    for (const { sources } of instance.inputs) {
      for (const { instance: id, output } of sources) {
        const upstream = this.#instanceOf(id);
        if (cache.isUntouched(cache.paths.artifact(upstream, output))) continue;
        const made = this.#outputs.get(id)?.filter(({ name }) => name === output) ?? [];
        for (const fault of await cache.faults(upstream, made)) {
          if (await cache.publish(upstream, fault.output)) continue;
          throw new RunError(`${cache.paths.show(fault.path)} is gone, and the cache has lost it`);
        }
      }
    }
  }

  /** Makes the private folders of a job. */
  #prepare(instance: Instance, found: Outdated, attempt: number, folder: string): Job {
    const { cache } = this.#request;
    cache.disk.remove(folder);
    cache.disk.makeFolder(folder);
    cache.disk.makeFolder(cache.paths.checkpoint(found.key));
    cache.disk.makeFolder(cache.paths.logs);
    const job = jobOf(instance, found.key, attempt, folder, cache.paths, this.#instanceOf);
    if (attempt === 1) cache.disk.remove(job.log);
    return job;
  }

  async #keep(
    instance: Instance,
    { key, fingerprint }: { readonly key: ActionKey; readonly fingerprint: Fingerprint },
    job: Job,
    { outputs, cpuSeconds, peakMemory }: Extract<JobResult, { ok: true }>,
    seconds: number,
  ): Promise<void> {
    const { cache, emit } = this.#request;
    const before = cache.actions.get(key);
    const record = { key, instance: instance.id, outputs, seconds, finished: Date.now() };
    await cache.keep(record, fingerprint, ({ name }) => `${job.folder}/${job.outputs[name]}`);
    for (const output of outputs) {
      if (!(await cache.publish(instance, output))) {
        throw new RunError(`the artifact '${output.name}' changed while it was stored`);
      }
    }
    removeQuietly(cache, job.checkpoint);
    const other = outputs.find(
      ({ name, digest }) => before?.outputs.find((made) => made.name === name)?.digest !== digest,
    );
    if (before !== undefined && other !== undefined) {
      const message = `'${other.name}' came out otherwise than before from the same code, params and inputs: the stage is not deterministic`;
      emit({ type: 'warning', instance: instance.id, message });
    }
    emit({
      type: 'finished',
      instance: instance.id,
      stage: instance.stage,
      key,
      seconds,
      cpuSeconds,
      peakMemory,
      outputs,
    });
    this.#counts.ran += 1;
    this.#settle(instance, outputs);
    this.#releaseTwins(key);
  }

  #failed(instance: Instance, failure: Failure): void {
    const { emit, keepGoing, backOff = BACK_OFF } = this.#request;
    const attempt = this.#attempts.get(instance.id) ?? 1;
    const isContract = failure.kind === 'missing-output' || failure.kind === 'undeclared-output';
    const retry = attempt <= instance.retries && !isContract && !this.#stopped;
    emit({
      type: 'failed',
      instance: instance.id,
      stage: instance.stage,
      failure: this.#withLog(instance, failure),
      attempt,
      retry,
    });
    if (retry) {
      this.#retryLater(instance, backOff * 2 ** (attempt - 1));
      return;
    }
    this.#over.add(instance.id);
    this.#counts.failed += 1;
    for (const waiting of this.#frontier.downstream(instance.id)) {
      if (this.#over.has(waiting.id)) continue;
      this.#over.add(waiting.id);
      this.#counts.skipped += 1;
      emit({
        type: 'skipped',
        instance: waiting.id,
        stage: waiting.stage,
        because: instance.id,
      });
    }
    const found = this.#outdated.get(instance.id);
    if (found !== undefined) this.#releaseTwins(found.key);
    if (!keepGoing) this.#stop();
  }

  #withLog(instance: Instance, failure: Failure): Failure {
    const { disk, paths } = this.#request.cache;
    try {
      const text = disk.read(paths.log(instance.id))?.toString('utf8') ?? '';
      const log = text.trimEnd().split('\n').slice(-LOG_LINES);
      return text.trim() === '' ? failure : { ...failure, log };
    } catch {
      // The failure itself is what matters.
      return failure;
    }
  }

  #retryLater(instance: Instance, delay: number): void {
    this.#begin();
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#queue.add(instance);
      this.#pump();
      this.#end();
    }, delay);
    this.#timers.set(timer, instance);
  }

  /** Others with the same key look again: they find the record, or run themselves. */
  #releaseTwins(key: ActionKey): void {
    const twins = this.#underWay.get(key) ?? [];
    this.#underWay.delete(key);
    for (const twin of twins) this.#during(() => this.#decide(twin), twin);
  }

  #settle(instance: Instance, outputs: readonly OutputRecord[]): void {
    this.#outputs.set(instance.id, outputs);
    this.#over.add(instance.id);
    for (const open of this.#frontier.settle(instance.id)) {
      if (!this.#over.has(open.id)) this.#during(() => this.#decide(open), open);
    }
  }

  /** Starts nothing more; what runs is awaited. */
  #stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const instance of this.#queue.clear()) this.#cancel(instance);
    for (const [timer, instance] of this.#timers) {
      clearTimeout(timer);
      this.#cancel(instance);
      this.#end();
    }
    this.#timers.clear();
  }

  #drain({ isOutdated }: Drain): void {
    this.#stop();
    for (const [id, controller] of this.#running) if (isOutdated(id)) controller.abort();
  }

  #cancel(instance: Instance): void {
    if (this.#over.has(instance.id)) return;
    this.#over.add(instance.id);
    this.#counts.cancelled += 1;
    this.#request.emit({ type: 'cancelled', instance: instance.id, stage: instance.stage });
  }

  #emitStarted(instance: Instance, found: Outdated, attempt: number, pid: number): void {
    const { emit, reasonOf, secondsOf } = this.#request;
    const estimate = secondsOf(instance);
    emit({
      type: 'started',
      instance: instance.id,
      stage: instance.stage,
      axes: instance.axes,
      attempt,
      pid,
      reason: reasonOf(instance, found),
      ...(estimate === undefined ? {} : { estimate }),
    });
  }

  readonly #instanceOf = (id: InstanceId): Instance => {
    const instance = this.#byId.get(id);
    if (instance === undefined) throw new Error(`${id} is needed but not part of the run`);
    return instance;
  };

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
    for (const instance of this.#request.instances) this.#cancel(instance);
    this.#resolve();
  }
}

/** With --only: what looked restorable turned out to be lost. */
function notAllowed(instance: Instance): Failure {
  return {
    kind: 'storage',
    message: 'what it made is lost or outdated, and it is not to run now',
    hint: `npx pipe run ${instance.stage}`,
  };
}

function inputChanged(cache: Cache, path: string): Failure {
  return {
    kind: 'input-changed',
    message: `${cache.paths.show(path)} was altered while the stage was reading it`,
    hint: 'run it again; if nobody touched the file, the stage writes to its input',
  };
}

function storageFailure(error: unknown, cache: Cache): Failure {
  const fault = explainDiskFault(error, 'store what the stage made');
  const { message, stack } = fault as Error;
  if (fault instanceof RunError) {
    return { kind: 'storage', message, ...(fault.hint === undefined ? {} : { hint: fault.hint }) };
  }
  return {
    kind: 'storage',
    message: `${message} (in ${cache.paths.show(cache.paths.cache)})`,
    ...(stack === undefined ? {} : { stack }),
  };
}

/** What is left there is removed by the next run. */
function removeQuietly(cache: Cache, path: string): void {
  try {
    cache.disk.remove(path);
  } catch {
    // On a disk that refuses this, something more important has failed already.
  }
}
