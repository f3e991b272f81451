import type { Graph, Instance, InstanceId } from '../pipeline/graph.ts';
import { select } from '../pipeline/selectors.ts';
import { suggest } from '../pipeline/suggest.ts';
import { withUpstream } from './frontier.ts';
import { DiagnosticsError } from './project.ts';

/** What a run is about. */
export interface Selection {
  /** Targets and all they need, in the order of the graph. */
  readonly instances: readonly Instance[];
  /** Named by the user, or all of the main study's: what --force means. */
  readonly targets: ReadonlySet<InstanceId>;
  /** Whether an instance may be run: with --only, those of one stage. */
  readonly mayRun: (instance: Instance) => boolean;
  /** Whether nothing was named: it is then what the graph alone says. */
  readonly isDefault: boolean;
}

/**
 * @param targets names of stages and groups, and selectors; none means all stages that belong to no
 *   group
 * @param only the one stage whose instances may run
 * @throws {DiagnosticsError}
 */
export function selectInstances(
  graph: Graph,
  targets: readonly string[],
  only?: string,
): Selection {
  const stages = new Set(graph.instances.map(({ stage }) => stage));
  if (only !== undefined && !stages.has(only)) {
    const [stage] = only.split('[', 1);
    const hint =
      stage !== only && stages.has(stage)
        ? `--only takes a stage, instances are targets: --only ${stage} '${only}'`
        : suggest(only, stages, 'stages');
    throw new DiagnosticsError([{ message: `there is no stage '${only}'`, hint }]);
  }
  // Groups are run when they are named; --only names a stage of any.
  let chosen =
    only === undefined
      ? graph.instances.filter(({ group }) => group === undefined)
      : graph.instances;
  if (targets.length > 0) {
    const selected = select(graph, targets);
    if (!selected.ok) throw new DiagnosticsError(selected.diagnostics);
    chosen = selected.instances;
  }
  if (only !== undefined) {
    // `run plot --only evaluate`: the evaluations that plot needs.
    const reached = targets.length > 0 ? withUpstream(graph.instances, idsOf(chosen)) : chosen;
    chosen = reached.filter(({ stage }) => stage === only);
  }
  const ids = idsOf(chosen);
  const isWhole = chosen.length === graph.instances.length;
  return {
    instances: isWhole ? graph.instances : withUpstream(graph.instances, ids),
    targets: ids,
    mayRun: only === undefined ? () => true : ({ stage }) => stage === only,
    isDefault: only === undefined && targets.length === 0,
  };
}

function idsOf(instances: readonly Instance[]): ReadonlySet<InstanceId> {
  return new Set(instances.map(({ id }) => id));
}
