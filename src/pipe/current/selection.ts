import { DiagnosticsError } from '../core/diagnostic.ts';
import { suggest } from '../core/suggest.ts';
import type { Graph, Instance, InstanceId } from '../pipeline/graph.ts';
import { isNamed, pendingAxes, whyNone } from '../pipeline/mapped.ts';
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
  /** Whether some of its stages have no instances yet: those that must run before are part of it. */
  readonly isOpen: boolean;
  /** Whether it has a stage, if it has instances. */
  readonly covers: (stage: StageName) => boolean;
}

interface StageName {
  readonly stage: string;
  readonly group?: string;
}

/**
 * @param targets names of stages and groups, and selectors; none means all stages that belong to no
 *   group. Of a stage that is not known yet what makes it known is selected
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
  if (only !== undefined && !stages.has(only)) assertKnown(graph, only, stages);
  // --only names a stage of any group.
  let chosen = graph.instances;
  const covers = (stage: StageName) => targets.some((name) => isNamed(stage, name));
  const open = sourcesOfPending(graph, covers);
  if (targets.length > 0) {
    const some = new Set(graph.instances.flatMap(({ stage, group = stage }) => [stage, group]));
    const selected = select(
      graph,
      // Those without instances are not chosen from.
      targets.filter((name) => some.has(name) || whyNone(graph, name) === undefined),
    );
    if (!selected.ok) throw new DiagnosticsError(selected.diagnostics);
    chosen = selected.instances;
  }
  if (only !== undefined) {
    for (const name of open.length > 0 ? targets : []) {
      const reason = whyNone(graph, name);
      if (reason !== undefined) throw new DiagnosticsError([reason]);
    }
    // `run plot --only evaluate`: the evaluations that plot needs.
    const reached = targets.length > 0 ? withUpstream(graph.instances, idsOf(chosen)) : chosen;
    chosen = reached.filter(({ stage }) => stage === only);
  }
  const ids = idsOf(chosen);
  const isOpen = only === undefined && open.length > 0;
  return {
    instances: withUpstream(graph.instances, isOpen ? [...ids, ...open] : ids),
    targets: ids,
    mayRun: only === undefined ? () => true : ({ stage }) => stage === only,
    isDefault: false,
    isOpen,
    covers,
  };
}

/** @throws {DiagnosticsError} unless it is a stage without instances because a table is empty */
function assertKnown(graph: Graph, only: string, stages: ReadonlySet<string>): void {
  const reason = whyNone(graph, only);
  if (reason !== undefined && reason.hint === undefined) return;
  if (reason !== undefined) throw new DiagnosticsError([reason]);
  const [stage] = only.split('[', 1);
  const hint =
    stage !== only && stages.has(stage)
      ? `--only takes a stage, instances are targets: --only ${stage} '${only}'`
      : suggest(only, stages, 'stages');
  throw new DiagnosticsError([{ message: `there is no stage '${only}'`, hint }]);
}

/** Ids of the instances whose tables stages wait for. */
function sourcesOfPending(
  graph: Graph,
  isWanted: (stage: StageName) => boolean,
): readonly InstanceId[] {
  return pendingAxes(graph).flatMap(({ stage, stages }) => (stages.some(isWanted) ? stage : []));
}

/** All that belongs to no group, and what it needs. Worked out when asked for: most runs need only a part of a large graph. */
class DefaultSelection implements Selection {
  readonly #graph: Graph;
  readonly isDefault = true;
  readonly #open: readonly InstanceId[];
  #instances: readonly Instance[] | undefined;
  #targets: ReadonlySet<InstanceId> | undefined;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#open = sourcesOfPending(graph, this.covers);
  }

  get isOpen(): boolean {
    return this.#open.length > 0;
  }

  get instances(): readonly Instance[] {
    this.#instances ??= withUpstream(this.#graph.instances, [...this.targets, ...this.#open]);
    return this.#instances;
  }

  get targets(): ReadonlySet<InstanceId> {
    this.#targets ??= idsOf(this.#graph.instances.filter(({ group }) => group === undefined));
    return this.#targets;
  }

  readonly mayRun = () => true;

  readonly covers = ({ group }: StageName) => group === undefined;
}

function idsOf(instances: readonly Instance[]): ReadonlySet<InstanceId> {
  return new Set(instances.map(({ id }) => id));
}
