import { DiagnosticsError } from '../core/diagnostic.ts';
import { suggest } from '../core/suggest.ts';
import type { Graph, Instance, InstanceId } from '../pipeline/graph.ts';
import { select } from '../pipeline/selectors.ts';
import { withUpstream } from '../pipeline/upstream.ts';

/** The instances that a run covers. */
export interface Selection {
  /** Targets and all they need, in the order of the graph. */
  readonly instances: readonly Instance[];
  /** Named by the user, or all that belong to no group: what --force runs. */
  readonly targets: ReadonlySet<InstanceId>;
  /** Whether an instance may be run: with --only, those of one stage. */
  readonly mayRun: (instance: Instance) => boolean;
  /** Whether the user named nothing. */
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
  if (targets.length === 0 && only === undefined) return new DefaultSelection(graph);
  const stages = new Set(graph.instances.map(({ stage }) => stage));
  if (only !== undefined && !stages.has(only)) {
    const [stage] = only.split('[', 1);
    const hint =
      stage !== only && stages.has(stage)
        ? `--only takes a stage, instances are targets: --only ${stage} '${only}'`
        : suggest(only, stages, 'stages');
    throw new DiagnosticsError([{ message: `there is no stage '${only}'`, hint }]);
  }
  // --only names a stage of any group.
  let chosen = graph.instances;
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
  return {
    instances: withUpstream(graph.instances, ids),
    targets: ids,
    mayRun: only === undefined ? () => true : ({ stage }) => stage === only,
    isDefault: false,
  };
}

/** All that belongs to no group, and what it needs. Worked out when asked for: most runs need only a part of a large graph. */
class DefaultSelection implements Selection {
  readonly #graph: Graph;
  readonly isDefault = true;
  #instances: readonly Instance[] | undefined;
  #targets: ReadonlySet<InstanceId> | undefined;

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  get instances(): readonly Instance[] {
    this.#instances ??= withUpstream(this.#graph.instances, this.targets);
    return this.#instances;
  }

  get targets(): ReadonlySet<InstanceId> {
    this.#targets ??= idsOf(this.#graph.instances.filter(({ group }) => group === undefined));
    return this.#targets;
  }

  readonly mayRun = () => true;
}

function idsOf(instances: readonly Instance[]): ReadonlySet<InstanceId> {
  return new Set(instances.map(({ id }) => id));
}
