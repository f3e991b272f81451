import type { Cache } from '../cache/cache.ts';
import { realClock } from '../core/clock.ts';
import type { Assessment } from '../current/assess.ts';
import type { Instance, InstanceId } from '../pipeline/graph.ts';
import { Attempts, type RepeatResult } from '../session/attempt.ts';
import type { Capacity } from '../session/capacity.ts';
import { RunQueue } from '../session/queue.ts';
import type { Executor } from '../workers/executor.ts';

export interface RerunRequest {
  readonly cache: Cache;
  readonly executor: Executor;
  /** What may be needed: the chosen instances and all they read from. */
  readonly instances: readonly Instance[];
  readonly assessments: ReadonlyMap<InstanceId, Assessment>;
  /** What is run again: those of them that are done. */
  readonly chosen: readonly Instance[];
  readonly capacity: Capacity;
  readonly signal: AbortSignal;
  /** Told about each as it ends. */
  readonly tell: (instance: Instance, result: RepeatResult) => void;
}

/**
 * Runs done instances again in scratch folders and compares the bytes: proof that a stage is
 * deterministic, or where it is not. Only for the holder of the lock.
 *
 * @returns how many were to be chosen but are not done
 */
export async function rerunInstances(request: RerunRequest): Promise<number> {
  const { cache, executor, instances, assessments, chosen, capacity, signal, tell } = request;
  const byId = new Map(instances.map((instance) => [instance.id, instance]));
  const doneOf = (id: InstanceId) => {
    const found = assessments.get(id);
    return found !== undefined && 'outputs' in found ? found : undefined;
  };
  const attempts = new Attempts({
    cache,
    executor,
    clock: realClock,
    run: `verify-${process.pid}`,
    instanceOf: (id) => {
      const instance = byId.get(id);
      if (instance === undefined) throw new Error(`${id} is needed but was not looked at`);
      return instance;
    },
    outputsOf: (id) => doneOf(id)?.outputs,
  });
  const queue = new RunQueue(capacity, () => 0);
  for (const instance of chosen) if (doneOf(instance.id) !== undefined) queue.add(instance);
  const running = new Set<Promise<void>>();
  const quiet = { started() {}, progress() {}, output() {} };

  const repeat = async (instance: Instance): Promise<void> => {
    const done = doneOf(instance.id);
    const fingerprint = done === undefined ? undefined : cache.actions.fingerprint(done.key);
    if (done === undefined || fingerprint === undefined) return;
    const task = { instance, key: done.key, fingerprint, attempt: 1 };
    tell(instance, await attempts.repeat(task, done.outputs, quiet, signal));
  };

  for (;;) {
    const next = signal.aborted ? undefined : queue.next();
    if (next !== undefined) {
      const end = repeat(next).finally(() => {
        queue.release(next);
        running.delete(end);
      });
      running.add(end);
    } else if (running.size === 0) break;
    else await Promise.race(running);
  }
  return chosen.filter(({ id }) => doneOf(id) === undefined).length;
}
