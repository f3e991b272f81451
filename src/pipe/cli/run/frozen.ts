import { RunError } from '../../core/errors.ts';
import { currentResults } from '../../current/results.ts';
import type { Selection } from '../../current/selection.ts';
import type { Emit } from '../../events/events.ts';
import { codeManifests } from '../../explain/code-manifests.ts';
import { type AcceptedProfile, LOCK_FILE } from '../../lock-file/accepted.ts';
import {
  compareDeclaration,
  compareResults,
  type LockFileDifference,
} from '../../lock-file/compare.ts';
import { describeDifferences } from '../../lock-file/describe.ts';
import { loadAccepted } from '../../lock-file/store.ts';
import type { Graph, InstanceId } from '../../pipeline/graph.ts';
import type { Project } from '../../project/project.ts';
import { formatCount } from '../../reporters/format.ts';
import { argumentsOf } from '../shell/options.ts';
import type { Shell } from '../shell/shell.ts';

/** `run --frozen`: compares a pipeline and its results with the lock file. */
export class FrozenCheck {
  readonly #project: Project;
  readonly #graph: Graph;
  readonly #selection: Selection;
  readonly #targets: readonly string[];
  readonly #accepted: AcceptedProfile;

  /** @throws {RunError} when nothing was accepted */
  constructor(project: Project, graph: Graph, selection: Selection, targets: readonly string[]) {
    this.#project = project;
    this.#graph = graph;
    this.#selection = selection;
    this.#targets = targets;
    this.#accepted = loadAccepted(project.cache.disk, project.root, graph.profile);
  }

  /** Compares what is known without running. @throws {RunError} if anything differs */
  declared(shell: Shell): void {
    const differences = this.#declared();
    for (const line of describeDifferences(differences)) shell.out(line);
    this.#refuse(differences);
    shell.out(`code, params and inputs match ${LOCK_FILE}`);
  }

  /** Compares everything, after a run. @throws {RunError} if anything differs */
  async results(emit: Emit): Promise<void> {
    const { cache, codeOf } = this.#project;
    const { results } = await currentResults(cache, this.#selection.instances, codeOf);
    const compared = compareResults(this.#accepted, results);
    const differences = [...this.#declared(), ...compared.differences];
    const own = [...results.values()].filter(({ machine }) => machine === this.#accepted.machine);
    const elsewhere = results.size - own.length;
    const counts = { instances: results.size, elsewhere };
    const { profile } = this.#graph;
    emit({ type: 'compared', profile, differences, byChance: compared.byChance, ...counts });
    this.#refuse(differences);
  }

  #declared(): readonly LockFileDifference[] {
    const { instances } = this.#selection;
    const { cache, codeOf, codes } = this.#project;
    const manifestOf = codeManifests(cache, codes);
    const ids = new Set(this.#graph.instances.map(({ id }) => id));
    // With targets, records of other instances are no difference.
    const isRemoved = (id: InstanceId) => this.#targets.length === 0 && !ids.has(id);
    return compareDeclaration(this.#accepted, instances, codeOf, manifestOf, isRemoved);
  }

  #refuse(differences: readonly LockFileDifference[]): void {
    if (differences.length === 0) return;
    const { profile } = this.#graph;
    const option = argumentsOf(this.#targets, profile);
    throw new RunError(
      `${formatCount(differences.length, 'difference')} from ${LOCK_FILE}, profile ${profile}`,
      `if intended, accept them: npx pipe run${option} && npx pipe accept${option}; then commit ${LOCK_FILE}`,
    );
  }
}
