import { Worker } from 'node:worker_threads';
// Without it in the main thread, ONNX Runtime refuses to start in another one: its usage reports would be on.
import '../../engine/index.ts';
import type { Traffic } from './exchange.ts';
import type { WorkerResult } from './replica.ts';
import { emptyOutboxes, type Outboxes } from './shared-memory.ts';
import { parameterCountOf } from './steps.ts';
import type { Run } from './tables.ts';
import { type TaskSettings, taskOf } from './tasks.ts';

/** A training by a group of workers. */
export interface GroupTraining {
  readonly run: Run;
  readonly workers: number;
}

/** What a thread is started with. */
export interface WorkerData {
  readonly settings: TaskSettings;
  readonly trainings: readonly GroupTraining[];
  readonly rank: number;
  /** Of each training. */
  readonly outboxes: readonly Outboxes[];
}

/** What a worker tells when it is done with a training. */
export interface Finished extends WorkerResult, Traffic {
  /** Of the training. */
  readonly index: number;
  readonly rank: number;
  /** P */
  readonly count: number;
  readonly gathered: number;
  /** Of worker 0: the loss of the batch after the last one, all rows together. */
  readonly batchLoss?: number;
}

export interface ThreadOptions {
  readonly signal?: AbortSignal;
  readonly onFinished?: (finished: Finished) => void;
}

/**
 * Runs trainings one after the other, each by as many threads as it has workers. A thread has an engine, a session of
 * ONNX Runtime and data of its own; what it shares with others are outboxes. Threads that wait for one that
 * has failed would wait for ever: the first failure ends all.
 *
 * @returns what each worker tells, by training and rank
 */
export async function trainInThreads(
  settings: TaskSettings,
  trainings: readonly GroupTraining[],
  { signal, onFinished }: ThreadOptions = {},
): Promise<readonly (readonly Finished[])[]> {
  const uneven = trainings.find(({ workers }) => settings.batch % workers !== 0);
  if (uneven !== undefined) {
    throw new RangeError(
      `a batch of ${settings.batch} rows cannot be shared by ${uneven.workers} workers alike`,
    );
  }
  const task = taskOf(settings);
  const capacity = Math.max(parameterCountOf(task), 2 * settings.batch * task.columns);
  const outboxes = trainings.map(({ workers }) => emptyOutboxes(workers, capacity));
  const most = Math.max(...trainings.map(({ workers }) => workers));
  const results = trainings.map((): Finished[] => []);
  const threads: Worker[] = [];
  try {
    const ended = Array.from({ length: most }, (_, rank) => {
      const workerData: WorkerData = { settings, trainings, rank, outboxes };
      const thread = new Worker(new URL('./worker.ts', import.meta.url), { workerData });
      threads.push(thread);
      return endOf(thread, (finished) => {
        results[finished.index][finished.rank] = finished;
        onFinished?.(finished);
      });
    });
    await Promise.race([Promise.all(ended), abortOf(signal)]);
    return results;
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

function endOf(thread: Worker, onMessage: (finished: Finished) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    thread.on('message', onMessage);
    thread.once('error', reject);
    thread.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`a worker's thread ended with code ${code}`)),
    );
  });
}

function abortOf(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.throwIfAborted();
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
