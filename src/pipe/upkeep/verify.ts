import { join } from 'node:path';
import type { Cache } from '../cache/cache.ts';
import { otherMaker } from '../cache/maker.ts';
import { realClock } from '../core/clock.ts';
import { type Assessment, assessAll, type CodeDigestOf, resultIn } from '../current/assess.ts';
import { forgetLedgers } from '../current/ledger.ts';
import type { Instance, InstanceId } from '../pipeline/graph.ts';
import { Attempts, type RepeatResult } from '../session/attempt.ts';
import { type Capacity, RunQueue } from '../session/queue.ts';
import type { Executor } from '../workers/executor.ts';

/** A file whose content is not what its digest says. */
interface CorruptFile {
  /** Relative to the project. */
  readonly path: string;
  /** `damaged` is a blob; `altered` and `missing` are artifacts. */
  readonly problem: 'altered' | 'missing' | 'damaged';
}

/**
 * Reads every blob and every artifact of a current instance. Detects what file sizes and times cannot
 * show, such as a flipped bit.
 */
export async function verifyFiles(
  cache: Cache,
  instances: readonly Instance[],
  codeOf: CodeDigestOf,
): Promise<{ readonly checked: number; readonly corrupt: readonly CorruptFile[] }> {
  const corrupt: CorruptFile[] = [];
  let checked = 0;
  for (const digest of cache.blobs.list()) {
    checked += 1;
    if ((await cache.blobs.verify(digest)) === 'sound') continue;
    corrupt.push({ path: cache.paths.show(cache.paths.blob(digest)), problem: 'damaged' });
  }
  const assessments = await assessAll(cache, instances, codeOf);
  for (const instance of instances) {
    for (const output of resultIn(assessments, instance.id)?.outputs ?? []) {
      checked += 1;
      const state = await cache.verify(instance, output);
      const path = cache.paths.show(cache.paths.artifact(instance, output.name));
      if (state !== 'sound') corrupt.push({ path, problem: state });
    }
  }
  return { checked, corrupt };
}

/**
 * Removes damaged blobs and makes the next run check artifacts by content, not by their times.
 * Requires the project's lock.
 */
export function discardDamaged({ disk, paths }: Cache, corrupt: readonly CorruptFile[]): void {
  for (const { path, problem } of corrupt) {
    if (problem === 'damaged') disk.remove(join(paths.root, path));
  }
  forgetLedgers(disk, paths);
}

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
  /** Called as each instance ends; `maker` says where its earlier outputs were made, if not here. */
  readonly onResult: (instance: Instance, result: RepeatResult, maker?: string) => void;
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
  const resultOf = (id: InstanceId) => resultIn(assessments, id);
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
    const record = cache.actions.get(result.key);
    onResult(
      instance,
      await attempts.repeat(task, result.outputs, silent, signal),
      record && otherMaker(record),
    );
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
