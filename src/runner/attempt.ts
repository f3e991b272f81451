import type { Instance, InstanceId } from '../pipeline/graph.ts';
import type { Cache } from './cache.ts';
import type { Clock } from './clock.ts';
import { assertInside } from './containment.ts';
import type { ActionKey } from './digest.ts';
import { RunError } from './error.ts';
import type { Failure } from './events.ts';
import type { Executor, Job, JobObserver, JobResult } from './executor.ts';
import { inputChanged, storageFailure } from './failures.ts';
import type { Fingerprint, OutputRecord } from './fingerprint.ts';
import { attemptFolder, inputPaths, jobOf } from './job.ts';

/** An instance that is to run, as it was found. */
export interface Task {
  readonly instance: Instance;
  readonly key: ActionKey;
  readonly fingerprint: Fingerprint;
  /** From 1. */
  readonly attempt: number;
}

/** How an attempt ended. A result is stored and in place. */
export type AttemptResult =
  | (Extract<JobResult, { ok: true }> & {
      readonly seconds: number;
      /** An output that differs from what the same action made before. */
      readonly unlike: OutputRecord | undefined;
    })
  | { readonly ok: false; readonly failure: Failure }
  | { readonly ok: false; readonly cancelled: true };

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

  constructor(context: AttemptContext) {
    this.#context = context;
  }

  /** Never throws. */
  async run(task: Task, observer: JobObserver, signal: AbortSignal): Promise<AttemptResult> {
    const { cache, executor, clock, instanceOf, run } = this.#context;
    this.#folders += 1;
    const folder = attemptFolder(cache.paths, run, this.#folders);
    try {
      await this.#secureInputs(task.instance);
      const job = this.#prepare(task, folder);
      // The start of a process is not the stage's time.
      let begin = clock.now();
      const started = (pid: number) => {
        begin = clock.now();
        observer.started(pid);
      };
      const result = await executor.run(job, { ...observer, started }, signal);
      const seconds = (clock.now() - begin) / 1000;
      if (!result.ok) return result;
      const altered = inputPaths(task.instance, cache.paths, instanceOf).find(
        (path) => !cache.isUntouched(path),
      );
      if (altered !== undefined) return { ok: false, failure: inputChanged(cache, altered) };
      return { ...result, seconds, unlike: await this.#keep(task, job, result, seconds) };
    } catch (error) {
      return { ok: false, failure: storageFailure(error, cache) };
    } finally {
      removeQuietly(cache, folder);
    }
  }

  /** Puts back what was altered since it was verified. */
  async #secureInputs(instance: Instance): Promise<void> {
    const { cache, instanceOf, outputsOf } = this.#context;
    for (const { sources } of instance.inputs) {
      for (const { instance: id, output } of sources) {
        const upstream = instanceOf(id);
        if (cache.isUntouched(cache.paths.artifact(upstream, output))) continue;
        const made = outputsOf(id)?.filter(({ name }) => name === output) ?? [];
        for (const fault of await cache.faults(upstream, made)) {
          if (await cache.publish(upstream, fault.output)) continue;
          throw new RunError(`${cache.paths.show(fault.path)} is gone, and the cache has lost it`);
        }
      }
    }
  }

  /** Makes the private folders of a job. */
  #prepare({ instance, key, attempt }: Task, folder: string): Job {
    const { cache, instanceOf } = this.#context;
    for (const path of [folder, cache.paths.checkpoint(key), cache.paths.logs]) {
      assertInside(cache.disk, cache.paths.root, path);
      cache.disk.makeFolder(path);
    }
    const job = jobOf(instance, key, attempt, folder, cache.paths, instanceOf);
    if (attempt === 1) cache.disk.remove(job.log);
    return job;
  }

  /** @returns an output that differs from what the same action made before */
  async #keep(
    { instance, key, fingerprint }: Task,
    job: Job,
    { outputs, metrics }: Extract<JobResult, { ok: true }>,
    seconds: number,
  ): Promise<OutputRecord | undefined> {
    const { cache } = this.#context;
    const before = cache.actions.get(key);
    const record = {
      key,
      instance: instance.id,
      outputs,
      ...(Object.keys(metrics).length === 0 ? {} : { metrics }),
      seconds,
      finished: Date.now(),
    };
    await cache.keep(record, fingerprint, ({ name }) => `${job.folder}/${job.outputs[name]}`);
    for (const output of outputs) {
      if (!(await cache.publish(instance, output))) {
        throw new RunError(`the artifact '${output.name}' changed while it was stored`);
      }
    }
    removeQuietly(cache, job.checkpoint);
    if (before === undefined) return undefined;
    return outputs.find(
      ({ name, digest }) => before.outputs.find((made) => made.name === name)?.digest !== digest,
    );
  }
}

/** What is left there is removed by the next run. */
function removeQuietly(cache: Cache, path: string): void {
  try {
    cache.disk.remove(path);
  } catch {
    // On a disk that refuses this, something more important has failed already.
  }
}
