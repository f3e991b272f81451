import { Command } from '@commander-js/extra-typings';
import { listSome } from '../../core/collections.ts';
import { RunError } from '../../core/errors.ts';
import { thisMachineType, thisRuntime } from '../../core/machine.ts';
import { type CurrentResults, currentResults, type Result } from '../../current/results.ts';
import { codeManifests } from '../../explain/code-manifests.ts';
import { type AcceptedProfile, type AcceptedRecord, LOCK_FILE } from '../../lock-file/accepted.ts';
import {
  compareDeclaration,
  compareResults,
  describeDifferences,
} from '../../lock-file/compare.ts';
import { loadLockFile, saveLockFile } from '../../lock-file/store.ts';
import { argumentsOf } from '../../pipeline/arguments.ts';
import type { Graph } from '../../pipeline/graph.ts';
import { pendingLines } from '../../pipeline/mapped.ts';
import { formatCount } from '../../reporters/format.ts';
import { profileOption, targetsArgument } from '../shell/options.ts';
import type { Shell } from '../shell/shell.ts';

export function build(shell: Shell) {
  return new Command('accept')
    .addArgument(targetsArgument())
    .addOption(profileOption())
    .addHelpText(
      'after',
      `
examples:
  pipe run --profile ci && pipe accept --profile ci
  git diff ${LOCK_FILE}               what changed, metric by metric
  pipe run --profile ci --frozen            from now on fails if anything differs

All of these results must be up to date. Differences from the accepted results are listed. Records
that differ only by another machine's rounding are kept as they are.`,
    )
    .action((targets, options) => accept(shell, targets, options.profile));
}

async function accept(shell: Shell, targets: readonly string[], name?: string): Promise<void> {
  const selected = await shell.select(targets, { profile: name });
  const { project, graph, instances, isOpen, covers } = selected;
  const { profile } = graph;
  if (isOpen) {
    const [line] = pendingLines(graph, covers);
    throw new RunError(`cannot accept: ${line}`, `npx pipe run${argumentsOf(targets, profile)}`);
  }
  const { cache, codeOf, codes, root } = project;
  const all = await loadLockFile(cache.disk, root);
  const current = await currentResults(cache, instances, codeOf);
  cache.save();
  if (current.missing.length > 0) throw outdated(current, argumentsOf(targets, profile));
  const { results } = current;
  const machine = machineOf(results);
  const before = all.get(profile) ?? { machine, runtime: thisRuntime(), instances: new Map() };
  const ids = new Set(graph.instances.map(({ id }) => id));
  const manifestOf = codeManifests(cache, codes);
  const aroundOf = await cache.raw.aroundAll(instances);
  const differences = [
    ...compareDeclaration(before, instances, codeOf, aroundOf, manifestOf, (id) => !ids.has(id)),
    ...compareResults(before, results).differences,
  ];
  if (differences.length === 0) {
    shell.out(`nothing to accept: the results of profile ${profile} match ${LOCK_FILE}`);
    return;
  }
  const accepted = merge(before, graph, results, machine);
  saveLockFile(cache.disk, root, new Map([...all, [profile, accepted]]));
  if (all.has(profile)) for (const line of describeDifferences(differences)) shell.out(line);
  const what = formatCount(results.size, 'result');
  shell.out(`accepted ${what} of profile ${profile}; commit ${LOCK_FILE}`);
}

/** Results from several types of machines promise bytes on none of them. */
function machineOf(results: ReadonlyMap<string, Result>): string {
  const machines = new Set([...results.values()].map(({ machine }) => machine));
  const [first = thisMachineType()] = machines;
  return machines.size > 1 ? 'several types of machines' : first;
}

/** @throws {RunError} if that would mix records of two types of machine */
function merge(
  before: AcceptedProfile,
  { instances, profile }: Graph,
  results: ReadonlyMap<string, Result>,
  machine: string,
): AcceptedProfile {
  const records = new Map<string, AcceptedRecord>();
  for (const { id } of instances) {
    const result = results.get(id);
    const record = result === undefined ? before.instances.get(id) : recordOf(result);
    if (record === undefined) continue;
    if (result === undefined && (machine !== before.machine || before.runtime !== thisRuntime())) {
      throw new RunError(
        `profile ${profile} was accepted on ${before.machine}, but these results were made on ${machine}`,
        `accept the whole profile: its other records, such as ${id}, must come from the same type of machine`,
      );
    }
    records.set(id, record);
  }
  return { machine, runtime: thisRuntime(), instances: records };
}

function recordOf({ key, code, params, metrics, outputs }: Result): AcceptedRecord {
  const values = Object.entries(metrics).map(([name, [value]]) => [name, value] as const);
  const digests = outputs.map(({ name, digest }) => [name, digest] as const);
  return {
    key,
    code,
    params,
    metrics: Object.fromEntries(values),
    outputs: Object.fromEntries(digests),
  };
}

function outdated({ missing }: CurrentResults, args: string): RunError {
  const which = listSome(
    missing.map(({ id }) => id),
    1,
  );
  return new RunError(`cannot accept: ${which} must run first`, `npx pipe run${args}`);
}
