import type { Graph } from '../pipeline/graph.ts';
import { RunError } from '../runner/error.ts';
import type { Emit } from '../runner/events.ts';
import { History } from '../runner/history.ts';
import { type AcceptedProfile, LOCK_FILE } from '../runner/lock-file/accepted.ts';
import { compareDeclared, compareResults, type Difference } from '../runner/lock-file/compare.ts';
import { describeDifferences } from '../runner/lock-file/describe.ts';
import { loadAccepted } from '../runner/lock-file/store.ts';
import { describeMachine, machineType } from '../runner/machine.ts';
import type { Project } from '../runner/project.ts';
import { formatCount } from '../runner/reporters/format.ts';
import { currentResults } from '../runner/results.ts';
import type { Selection } from '../runner/selection.ts';
import type { Shell } from './command.ts';

/** `run --frozen`: whether a pipeline is, and comes out, as it was accepted. */
export class FrozenCheck {
  readonly #project: Project;
  readonly #graph: Graph;
  readonly #selection: Selection;
  readonly #accepted: AcceptedProfile;

  /** @throws {RunError} when nothing was accepted */
  constructor(project: Project, graph: Graph, selection: Selection) {
    this.#project = project;
    this.#graph = graph;
    this.#selection = selection;
    this.#accepted = loadAccepted(project.cache.disk, project.root, graph.profile);
  }

  /** What can be told without running. @throws {RunError} if anything differs */
  declared(shell: Shell): void {
    const differences = this.#declared();
    for (const line of describeDifferences(differences)) shell.out(line);
    this.#refuse(differences);
    shell.out(`code, params and inputs are those of ${LOCK_FILE}`);
  }

  /** After a run. @throws {RunError} if anything differs */
  async results(emit: Emit): Promise<void> {
    const { cache, codeOf } = this.#project;
    const { results } = await currentResults(cache, this.#selection.instances, codeOf);
    const machine = machineType(describeMachine());
    const differences = [...this.#declared(), ...compareResults(this.#accepted, results, machine)];
    const binds = machine === this.#accepted.machine;
    emit({ type: 'compared', profile: this.#graph.profile, differences, binds });
    this.#refuse(differences);
  }

  #declared(): readonly Difference[] {
    const { instances } = this.#selection;
    const { cache, codeOf } = this.#project;
    const isWhole = instances.length === this.#graph.instances.length;
    const { manifestOf } = new History(cache);
    return compareDeclared(this.#accepted, instances, codeOf, manifestOf, isWhole);
  }

  #refuse(differences: readonly Difference[]): void {
    if (differences.length === 0) return;
    const { profile } = this.#graph;
    const option = profile === 'default' ? '' : ` --profile ${profile}`;
    throw new RunError(
      `${formatCount(differences.length, 'difference')} from ${LOCK_FILE}, profile ${profile}`,
      `if they are meant, accept them: npx pipe run${option} && npx pipe accept${option}; then commit ${LOCK_FILE}`,
    );
  }
}
