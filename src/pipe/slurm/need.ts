import type { Outlook } from '../workers/executor.ts';

/** Seconds of work that are worth an agent of their own. */
const WORTH = 20;

/**
 * How many agents a class of work deserves: one for each instance that takes long, one for many that do not.
 * @param work that is being done or waits, the latest last
 */
export function agentsFor(work: Iterable<Outlook | undefined>): number {
  let count = 0;
  let seconds = 0;
  let behind: Outlook['behind'] | undefined;
  for (const outlook of work) {
    count += 1;
    seconds += Math.min(WORTH, outlook?.seconds ?? WORTH);
    behind = outlook?.behind ?? behind;
  }
  count += behind?.count ?? 0;
  seconds += behind?.seconds ?? 0;
  return Math.min(count, Math.ceil(seconds / WORTH));
}
