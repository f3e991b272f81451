import { DiagnosticsError } from '../../core/diagnostic.ts';
import { type Assessment, assessAll } from '../../current/assess.ts';
import { PastActions } from '../../explain/past-actions.ts';
import type { Graph, Instance, InstanceId } from '../../pipeline/graph.ts';
import { select } from '../../pipeline/selectors.ts';
import type { Project } from '../../project/project.ts';
import type { Shell } from './shell.ts';

/** The state of instances, and what earlier runs say about them. */
export interface AssessedInstances {
  readonly assessments: ReadonlyMap<InstanceId, Assessment>;
  readonly history: PastActions;
  readonly stateOf: (instance: Instance) => Assessment['state'];
}

/** @param isForced whether an instance counts as outdated in any case */
export async function assessInstances(
  { cache, codeOf, codes }: Project,
  instances: readonly Instance[],
  isForced?: (id: InstanceId) => boolean,
): Promise<AssessedInstances> {
  const assessments = await assessAll(cache, instances, codeOf, isForced);
  cache.save();
  const stateOf = ({ id }: Instance) => assessments.get(id)?.state ?? 'waiting';
  return { assessments, history: new PastActions(cache, codes), stateOf };
}

/**
 * The instances that one name stands for: a stage, a group or a selector.
 * @throws {DiagnosticsError} if it matches none
 */
export function instancesNamed(graph: Graph, name: string): readonly Instance[] {
  const selected = select(graph, [name]);
  if (!selected.ok) throw new DiagnosticsError(selected.diagnostics);
  return selected.instances;
}

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
