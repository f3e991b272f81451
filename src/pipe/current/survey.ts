import type { Cache } from '../cache/cache.ts';
import type { Graph, Instance, InstanceId } from '../pipeline/graph.ts';
import { pendingAxes } from '../pipeline/mapped.ts';
import { Plan } from '../pipeline/plan.ts';
import { type Assessment, assessAll, type CodeDigestOf } from './assess.ts';
import type { Ledger } from './ledger.ts';
import { type Current, entryOf, isInPlace } from './ledger-entry.ts';
import type { Selection } from './selection.ts';
import { Unaffected } from './unaffected.ts';

/** The state of all instances that a run covers. */
export interface Survey {
  /** Those that were assessed, and what they read from, in the order of the graph. */
  readonly instances: readonly Instance[];
  readonly assessments: ReadonlyMap<InstanceId, Assessment>;
  /** The others, all of them current. */
  readonly unaffected: Unaffected | undefined;
}

/** The parts of a project that a survey reads. */
interface SurveyedProject {
  readonly cache: Cache;
  readonly codeOf: CodeDigestOf;
  readonly ledgerOf: (declaration: string) => Ledger;
}

/**
 * Assesses the instances of a selection, except those that no change affects.
 * @param isForced whether an instance counts as outdated in any case
 */
export async function survey(
  { cache, codeOf, ledgerOf }: SurveyedProject,
  graph: Graph,
  selection: Selection,
  isForced: ((id: InstanceId) => boolean) | undefined,
): Promise<Survey> {
  const { disk, paths } = cache;
  const ledger = graph.declaration === undefined ? undefined : ledgerOf(graph.declaration);
  const seen = ledger?.stored?.current?.seen;
  const unaffected =
    selection.isDefault &&
    isForced === undefined &&
    graph instanceof Plan &&
    ledger !== undefined &&
    seen !== undefined &&
    // Whoever deletes what is known about files wants them to be read again.
    disk.stat(paths.signatures) !== undefined
      ? Unaffected.find(
          ledger,
          graph,
          cache.actionsSignature,
          codeOf,
          (entry) => isInPlace(disk, paths.root, entry),
          await cache.surroundings.changedSince(seen),
        )
      : undefined;
  const instances = unaffected?.instances ?? selection.instances;
  const assessments = await assessAll(cache, instances, codeOf, isForced, unaffected?.current);
  return { instances, assessments, unaffected };
}

/**
 * Records in the ledger that all instances of a run without targets are current now.
 * @param resultOf key and outputs of an instance that was not current when it was assessed
 */
export async function noteCurrent(
  { cache, codeOf, ledgerOf }: SurveyedProject,
  graph: Graph,
  { instances, assessments, unaffected }: Survey,
  resultOf: (id: InstanceId) => Omit<Current, 'state'> | undefined,
): Promise<void> {
  if (!(graph instanceof Plan) || graph.declaration === undefined) return;
  // What is not known yet is not current.
  if (pendingAxes(graph).length > 0) return;
  const entryNow = (instance: Instance) => {
    const assessment = assessments.get(instance.id);
    const result = assessment?.state === 'current' ? assessment : resultOf(instance.id);
    return result && entryOf(cache, instance, result);
  };
  // Nor is what another table led to.
  const areTheirs = graph.mapped?.every(({ stage, output, table }) => {
    const source = assessments.get(stage);
    const result = source?.state === 'current' ? source : source && resultOf(stage);
    const made = result?.outputs.find(({ name }) => name === output);
    return made === undefined || made.digest === table;
  });
  if (areTheirs === false) return;
  const entries = unaffected?.entriesWith(entryNow) ?? instances.map(entryNow);
  if (!entries.every((entry) => entry !== undefined)) return;
  const ledger = ledgerOf(graph.declaration);
  const modules = [
    ...Object.keys(ledger.stored?.codes ?? {}),
    ...graph.kinds.map(({ module }) => module),
  ];
  const codes = Object.fromEntries(modules.map((module) => [module, codeOf(module)]));
  const seen = await cache.surroundings.see(graph.namesAround(graph.ungrouped()));
  const commands = { ...ledger.stored?.commands, ...graph.commands };
  ledger.storeCurrent(graph.text, codes, commands, seen, entries);
}
