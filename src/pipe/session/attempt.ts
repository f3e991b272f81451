import { dirname, join } from 'node:path';
import type { Cache } from '../cache/cache.ts';
import { CheckpointTimes } from '../cache/checkpoint-time.ts';
import type { Fingerprint, OutputRecord } from '../cache/fingerprint.ts';
import { otherMaker } from '../cache/maker.ts';
import type { Clock } from '../core/clock.ts';
import type { ActionKey } from '../core/digest.ts';
import { RunError } from '../core/errors.ts';
import { thisMachineType } from '../core/machine.ts';
import { assertInside } from '../disk/containment.ts';
import type { Instance, InstanceId } from '../pipeline/graph.ts';
import { outputName } from '../pipeline/output-files.ts';
import type {
  Executor,
  Expected,
  Job,
  JobObserver,
  JobResult,
  Outlook,
} from '../workers/executor.ts';
import { attemptFolder, givenTo, inputPaths, jobOf, withCommand } from '../workers/job.ts';
import { AttemptTimer } from './attempt-timer.ts';
import { explained, inputChanged, storageFailure } from './failures.ts';
import { compareOutputs, type OutputDifference } from './output-difference.ts';

/** An instance to run. */
export interface Task {
  readonly instance: Instance;
  readonly key: ActionKey;
  readonly fingerprint: Fingerprint;
  /** From 1. */
  readonly attempt: number;
  readonly outlook?: Outlook;
}

type Executed = Extract<JobResult, { ok: true }>;
type Timed = Executed & { readonly seconds: number };
type NotOk = Extract<JobResult, { ok: false }>;

/** How an attempt ended. A result is stored and in place. */
export type AttemptResult = (Timed & { readonly changed: ChangedOutput | undefined }) | NotOk;

/** An output that differs from what the same action made before. */
interface ChangedOutput {
  readonly name: string;
  /** What made the earlier one, as `otherMaker` says, if that alone explains it. */
  readonly maker: string | undefined;
}

/** How a repetition ended. */
export type RepeatResult =
  | {
      readonly ok: true;
      readonly seconds: number;
      readonly differences: readonly OutputDifference[];
    }
  | NotOk;

/** Notified during an attempt. */
export interface AttemptObserver extends JobObserver {
  /** Something that takes time has to be done first. */
  notice?(message: string): void;
  /** The stage succeeded: its resources are free while its outputs are stored. */
  ended?(): void;
}

export interface AttemptContext {
  readonly cache: Cache;
  readonly executor: Executor;
  readonly clock: Clock;
  /** Of the run; part of the names of its folders. */
  readonly run: string;
  readonly instanceOf: (id: InstanceId) => Instance;
  /** What an upstream instance made. */
  readonly outputsOf: (id: InstanceId) => readonly OutputRecord[] | undefined;
}

/**
 * Runs instances and stores what they make. An attempt works in a folder of its own: nothing of it is
 * seen before all of it is stored.
 */
export class Attempts {
  readonly #context: AttemptContext;
  #folders = 0;
  /** Instances whose logs have begun. */
  readonly #logged = new Set<InstanceId>();
  readonly #times: CheckpointTimes;

  constructor(context: AttemptContext) {
    this.#context = context;
    this.#times = new CheckpointTimes(context.cache);
  }

  /** Runs an instance and stores what it makes. Never throws. */
  async run(task: Task, observer: AttemptObserver, signal: AbortSignal): Promise<AttemptResult> {
    return await this.#execute(task, false, observer, signal, async (job, result, inAll) => {
      return { ...result, changed: await this.#keep(task, job, result, inAll) };
    });
  }

  /**
   * Runs an instance from nothing in a scratch folder and compares what it makes with what it made
   * before. Stores nothing, resumes from no checkpoint. Never throws.
   */
  async repeat(
    task: Task,
    before: readonly OutputRecord[],
    observer: JobObserver,
    signal: AbortSignal,
  ): Promise<RepeatResult> {
    return await this.#execute(task, true, observer, signal, async (job, { outputs, seconds }) => {
      const madeOf = (output: OutputRecord) => fileOf(job, output);
      const differences = await compareOutputs(this.#context.cache, before, outputs, madeOf);
      return { ok: true, seconds, differences };
    });
  }

  /**
   * @param isScratch whether nothing of it is to stay, be it that it fails
   * @param finish is told the seconds of all attempts that made the result
   */
  async #execute<T>(
    task: Task,
    isScratch: boolean,
    observer: AttemptObserver,
    signal: AbortSignal,
    finish: (job: Job, result: Timed, inAll: number) => Promise<T>,
  ): Promise<T | NotOk> {
    const { cache, executor, clock, instanceOf, run } = this.#context;
    this.#folders += 1;
    const { remote } = executor;
    const own = attemptFolder(cache.paths, run, this.#folders);
    const scratch = { folder: own, checkpoint: `${own}.checkpoint`, log: `${own}.log` };
    const places = isScratch ? scratch : (remote?.places(task.key) ?? { folder: own });
    const { folder } = places;
    const time = isScratch ? undefined : this.#times.of(task.key, folder);
    /** Where the user finds what it prints. */
    const log = isScratch ? scratch.log : cache.paths.log(task.instance.id);
    let isLeft = false;
    try {
      await this.#secureInputs(task.instance);
      const announce = (message: string) => observer.notice?.(message);
      await cache.raw.fetch(task.instance, signal, announce);
      if (signal.aborted) return { ok: false, cancelled: true };
      const job = await this.#prepare(task, places, log);
      const timer = new AttemptTimer(clock);
      const watching = timer.watch(observer, time, job.checkpoint);
      const result = await executor.run(job, watching, signal, task.outlook);
      if (!result.ok) {
        isLeft = 'cancelled' in result && result.isLeft === true;
        const checkpoint = isLeft ? job.checkpoint : cache.paths.checkpoint(task.key);
        time?.note(checkpoint, timer.seconds, result.seconds);
        if (!('failure' in result)) return result;
        return { ok: false, failure: explained(result.failure, log, cache, task.instance) };
      }
      const seconds = result.seconds ?? timer.seconds;
      const altered = inputPaths(task.instance, cache.paths, instanceOf).find(
        (path) => !cache.isUnchanged(path),
      );
      const edited =
        altered === undefined
          ? await cache.raw.firstChanged(task.instance)
          : { path: altered, isCode: false };
      if (edited !== undefined) {
        const failure = explained(inputChanged(cache, edited), log, cache, task.instance);
        return { ok: false, failure };
      }
      observer.ended?.();
      const finished = await finish(job, { ...result, seconds }, (time?.before ?? 0) + seconds);
      time?.forget();
      return finished;
    } catch (error) {
      if (signal.aborted) return { ok: false, cancelled: true };
      return { ok: false, failure: storageFailure(error, cache) };
    } finally {
      // Nobody waits for it; what a killed run does not get to is removed by the next one.
      if (remote !== undefined && !isScratch) {
        if (!isLeft) remote.release(folder).catch(() => {});
      } else {
        for (const path of isScratch ? Object.values(scratch) : [folder]) {
          cache.disk.discard(path).catch(() => {});
        }
      }
    }
  }

  /** Puts in place what is not there any more, or is of another version that the pipeline made. */
  async #secureInputs(instance: Instance): Promise<void> {
    const { cache, instanceOf, outputsOf } = this.#context;
    for (const { sources } of instance.inputs) {
      for (const { instance: id, output } of sources) {
        const upstream = instanceOf(id);
        const made = outputsOf(id)?.filter(({ name }) => name === output) ?? [];
        if (made.every((one) => cache.isInPlace(upstream, one))) continue;
        for (const fault of await cache.faults(upstream, made)) {
          if (await cache.publish(upstream, fault.output, true)) continue;
          throw new RunError(`${cache.paths.show(fault.path)} is gone, and the cache has lost it`);
        }
      }
    }
  }

  /**
   * Makes the private folders of a job.
   * @param places other than the usual ones
   * @param log where the user finds what it prints
   */
  async #prepare(
    { instance, key, attempt }: Task,
    places: Partial<Job> & { readonly folder: string },
    log: string,
  ): Promise<Job> {
    const { cache, instanceOf, executor } = this.#context;
    const { folder } = places;
    const given = await givenTo(instance, cache);
    const usual = jobOf(instance, key, attempt, folder, cache.paths, instanceOf, given);
    const elsewhere =
      executor.remote === undefined
        ? {}
        : {
            reads: this.#reads(instance),
            code: [...given.code].map((path) => join(cache.paths.root, path)),
          };
    const own = { ...usual, ...places, ...elsewhere };
    const job = withCommand(own, instance, cache.paths.root, given);
    for (const path of [folder, job.checkpoint, dirname(job.log)]) {
      assertInside(cache.disk, cache.paths.homeOf(path), path);
    }
    // That of the checkpoint is made by a stage that asks for it: most do not.
    for (const path of new Set([folder, dirname(job.log), dirname(log)])) {
      if (cache.disk.stat(path) === undefined) cache.disk.makeFolder(path);
    }
    if (!this.#logged.has(instance.id)) cache.disk.remove(log);
    this.#logged.add(instance.id);
    return job;
  }

  #reads({ inputs }: Instance): readonly Expected[] {
    const { cache, instanceOf, outputsOf } = this.#context;
    return inputs.flatMap(({ sources }) =>
      sources.flatMap(({ instance: id, output }) => {
        const made = outputsOf(id)?.find(({ name }) => name === output);
        if (made === undefined) return [];
        return [{ path: cache.paths.artifact(instanceOf(id), output), digest: made.digest }];
      }),
    );
  }

  /** @returns an output that differs from what the same action made before */
  async #keep(
    { instance, key, fingerprint }: Task,
    job: Job,
    { outputs, metrics, maker }: Executed,
    seconds: number,
  ): Promise<ChangedOutput | undefined> {
    const { cache } = this.#context;
    const before = cache.actions.get(key);
    const record = {
      key,
      instance: instance.id,
      outputs,
      ...(Object.keys(metrics).length === 0 ? {} : { metrics }),
      seconds,
      ...(instance.cost === undefined ? {} : { flops: instance.cost.flops }),
      machine: maker?.machine ?? thisMachineType(),
      node: maker?.node ?? process.version,
      finished: Date.now(),
    };
    const wasMade = cache.hasDone(instance);
    await cache.keep(record, fingerprint, (output) => fileOf(job, output));
    for (const output of outputs) {
      if (!(await cache.publish(instance, output, wasMade))) {
        throw new RunError(`the artifact '${output.name}' changed while it was stored`);
      }
    }
    // Next time it would be taken for work that is not done; the next run removes it if this one cannot.
    await cache.disk.discard(job.checkpoint).catch(() => {});
    if (before === undefined) return undefined;
    const changed = outputs.find(
      ({ name, digest }) => before.outputs.find((made) => made.name === name)?.digest !== digest,
    );
    return changed && { name: changed.name, maker: otherMaker(before) };
  }
}

function fileOf({ folder, outputs }: Job, { name }: OutputRecord): string {
  return `${folder}/${outputName(outputs[name])}`;
}
