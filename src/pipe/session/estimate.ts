import type { Instance } from '../pipeline/graph.ts';
import type { Capacity } from './capacity.ts';
import { Schedule } from './schedule.ts';

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
  const schedule = new Schedule(work, (id) => !ids.has(id), capacity, secondsOf);
  for (const instance of work) if (schedule.isReady(instance)) schedule.enqueue(instance);
  schedule.start();
  /** The first to end is the last here; there are no more of them than jobs. */
  const running: { readonly instance: Instance; readonly end: number }[] = [];
  let now = 0;
  for (;;) {
    for (let next = schedule.next(); next !== undefined; next = schedule.next()) {
      running.push({ instance: next, end: now + secondsOf(next) });
    }
    running.sort((a, b) => b.end - a.end);
    const first = running.pop();
    if (first === undefined) return now;
    now = first.end;
    schedule.release(first.instance);
    for (const ready of schedule.settle(first.instance)) schedule.enqueue(ready);
  }
}
