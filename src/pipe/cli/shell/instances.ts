import { DiagnosticsError } from '../../core/diagnostic.ts';
import { type Assessment, assessAll } from '../../current/assess.ts';
import { PastActions } from '../../explain/past-actions.ts';
import type { Graph, Instance, InstanceId } from '../../pipeline/graph.ts';
import { select } from '../../pipeline/selectors.ts';
import type { Project } from '../../project/project.ts';

/** The state of instances, and what earlier runs say about them. */
export interface AssessedInstances {
  readonly assessments: ReadonlyMap<InstanceId, Assessment>;
  readonly history: PastActions;
}

/** @param isForced whether an instance counts as outdated in any case */
export async function assessInstances(
  { cache, codeOf, codes }: Project,
  instances: readonly Instance[],
  isForced?: (id: InstanceId) => boolean,
): Promise<AssessedInstances> {
  const assessments = await assessAll(cache, instances, codeOf, isForced);
  cache.save();
  return { assessments, history: new PastActions(cache, codes) };
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
