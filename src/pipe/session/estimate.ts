import type { Instance } from '../pipeline/graph.ts';
import type { Capacity } from './capacity.ts';
import { Frontier } from './frontier.ts';
import { RunQueue, remainingPaths } from './queue.ts';

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
  const frontier = new Frontier(work, (id) => !ids.has(id));
  const paths = remainingPaths(work, secondsOf);
  const queue = new RunQueue(capacity, (id) => paths.get(id) ?? 0);
  for (const instance of work) if (frontier.isOpen(instance.id)) queue.add(instance);
  /** The first to end is the last here; there are no more of them than jobs. */
  const running: { readonly instance: Instance; readonly end: number }[] = [];
  let now = 0;
  for (;;) {
    for (let next = queue.next(); next !== undefined; next = queue.next()) {
      running.push({ instance: next, end: now + secondsOf(next) });
    }
    running.sort((a, b) => b.end - a.end);
    const first = running.pop();
    if (first === undefined) return now;
    now = first.end;
    queue.release(first.instance);
    for (const open of frontier.settle(first.instance.id)) queue.add(open);
  }
}
