import type { Cache } from '../cache/cache.ts';
import { realClock } from '../core/clock.ts';
import type { Assessment } from '../current/assess.ts';
import type { Instance, InstanceId } from '../pipeline/graph.ts';
import { Attempts, type RepeatResult } from '../session/attempt.ts';
import type { Capacity } from '../session/capacity.ts';
import { RunQueue } from '../session/queue.ts';
import type { Executor } from '../workers/executor.ts';

interface RerunRequest {
  readonly cache: Cache;
  readonly executor: Executor;
  /** The chosen instances and all their upstream. */
  readonly instances: readonly Instance[];
  readonly assessments: ReadonlyMap<InstanceId, Assessment>;
  /** The instances to rerun; those without a result are skipped. */
  readonly chosen: readonly Instance[];
  readonly capacity: Capacity;
  readonly signal: AbortSignal;
  /** Called as each instance ends. */
  readonly onResult: (instance: Instance, result: RepeatResult) => void;
}

/**
 * Reruns instances in scratch folders and compares the bytes with their results, to show whether their
 * stages are deterministic. Requires the project's lock.
 *
 * @returns the number of chosen instances without a result
 */
export async function rerunInstances(request: RerunRequest): Promise<number> {
  const { cache, executor, instances, assessments, chosen, capacity, signal, onResult } = request;
  const byId = new Map(instances.map((instance) => [instance.id, instance]));
  const resultOf = (id: InstanceId) => {
    const assessment = assessments.get(id);
    return assessment !== undefined && 'outputs' in assessment ? assessment : undefined;
  };
  const attempts = new Attempts({
    cache,
    executor,
    clock: realClock,
    run: `verify-${process.pid}`,
    instanceOf: (id) => {
      const instance = byId.get(id);
      if (instance === undefined) throw new Error(`upstream instance ${id} was not assessed`);
      return instance;
    },
    outputsOf: (id) => resultOf(id)?.outputs,
  });
  const silent = { started() {}, progress() {}, output() {} };
  const rerun = async (instance: Instance): Promise<void> => {
    const result = resultOf(instance.id);
    const fingerprint = result && cache.actions.fingerprint(result.key);
    if (result === undefined || fingerprint === undefined) return;
    const task = { instance, key: result.key, fingerprint, attempt: 1 };
    onResult(instance, await attempts.repeat(task, result.outputs, silent, signal));
  };

  const withResult = chosen.filter(({ id }) => resultOf(id) !== undefined);
  const queue = new RunQueue(capacity, () => 0);
  for (const instance of withResult) queue.add(instance);
  const running = new Set<Promise<void>>();
  for (;;) {
    const next = signal.aborted ? undefined : queue.next();
    if (next !== undefined) {
      const end = rerun(next).finally(() => {
        queue.release(next);
        running.delete(end);
      });
      running.add(end);
    } else if (running.size === 0) break;
    else await Promise.race(running);
  }
  return chosen.length - withResult.length;
}
