import { RunError } from '../../core/errors.ts';
import { currentResults } from '../../current/results.ts';
import type { Selection } from '../../current/selection.ts';
import type { Emit } from '../../events/events.ts';
import { codeManifests } from '../../explain/code-manifests.ts';
import { LOCK_FILE } from '../../lock-file/accepted.ts';
import {
  compareDeclaration,
  compareResults,
  describeDifferences,
  type LockFileDifference,
} from '../../lock-file/compare.ts';
import { loadAccepted } from '../../lock-file/store.ts';
import { argumentsOf } from '../../pipeline/arguments.ts';
import type { Graph, InstanceId } from '../../pipeline/graph.ts';
import { pendingLines, pendingStages } from '../../pipeline/mapped.ts';
import { stageOf } from '../../pipeline/names.ts';
import type { Project } from '../../project/project.ts';
import { formatCount } from '../../reporters/format.ts';
import type { Shell } from '../shell/shell.ts';

/** `run --frozen`: compares a pipeline and its results with the lock file. */
export interface FrozenCheck {
  /** Compares what is known without running. @throws {RunError} if anything differs */
  declared(shell: Shell): Promise<void>;
  /** Compares everything, after a run. @throws {RunError} if anything differs */
  results(emit: Emit): Promise<void>;
}

/**
 * @returns the check of what is known at some moment of a run
 * @throws {RunError} when nothing was accepted
 */
export async function openFrozenCheck(
  { cache, codeOf, codes, root }: Project,
  profile: string,
  targets: readonly string[],
): Promise<(known: { readonly graph: Graph; readonly selection: Selection }) => FrozenCheck> {
  const accepted = await loadAccepted(cache.disk, root, profile);
  const refuse = (differences: readonly LockFileDifference[]) => {
    if (differences.length === 0) return;
    const option = argumentsOf(targets, profile);
    throw new RunError(
      `${formatCount(differences.length, 'difference')} from ${LOCK_FILE}, profile ${profile}`,
      `if intended, accept them: npx pipe run${option} && npx pipe accept${option}; then commit ${LOCK_FILE}`,
    );
  };
  return ({ graph, selection }) => {
    const compareDeclared = async () => {
      const ids = new Set(graph.instances.map(({ id }) => id));
      const pending = pendingStages(graph);
      // With targets, records of other instances are no difference; nor are those of a stage that is not known yet.
      const isRemoved = (id: InstanceId) =>
        targets.length === 0 && !ids.has(id) && !pending.has(stageOf(id));
      const manifestOf = codeManifests(cache, codes);
      const aroundOf = await cache.raw.aroundAll(selection.instances);
      return compareDeclaration(
        accepted,
        selection.instances,
        codeOf,
        aroundOf,
        manifestOf,
        isRemoved,
      );
    };
    return {
      async declared(shell) {
        const differences = await compareDeclared();
        for (const line of describeDifferences(differences)) shell.out(line);
        refuse(differences);
        for (const line of pendingLines(graph, selection.covers)) shell.out(line);
        shell.out(`code, params and inputs match ${LOCK_FILE}`);
      },
      async results(emit) {
        const { results } = await currentResults(cache, selection.instances, codeOf);
        const compared = compareResults(accepted, results);
        const differences = [...(await compareDeclared()), ...compared.differences];
        const own = [...results.values()].filter(({ machine }) => machine === accepted.machine);
        const counts = { instances: results.size, elsewhere: results.size - own.length };
        emit({ type: 'compared', profile, differences, byChance: compared.byChance, ...counts });
        refuse(differences);
      },
    };
  };
}
