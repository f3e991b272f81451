import type { Instance } from '../../pipeline/graph.ts';
import type { AssessedInstances } from './instances.ts';
import type { Shell } from './shell.ts';

/** Instances listed of each stage. */
const LISTED = 3;

/**
 * Prints why outdated instances will run, after an empty line.
 * @param all whether to list every instance instead of the first of each stage
 * @param option that lists them all
 */
export function printReasons(
  shell: Shell,
  instances: readonly Instance[],
  { assessments, history }: AssessedInstances,
  { all, option }: { readonly all: boolean; readonly option: string },
): void {
  const counts = new Map<string, number>();
  for (const instance of instances) {
    const assessment = assessments.get(instance.id);
    if (assessment?.state !== 'outdated') continue;
    if (counts.size === 0) shell.out('');
    const count = (counts.get(instance.stage) ?? 0) + 1;
    counts.set(instance.stage, count);
    if (!all && count > LISTED) continue;
    shell.out(`${instance.id}: ${history.reason(instance, assessment)}`);
  }
  for (const [stage, count] of all ? [] : counts) {
    if (count > LISTED) shell.out(`${stage}: ${count - LISTED} more (${option} lists them)`);
  }
}
