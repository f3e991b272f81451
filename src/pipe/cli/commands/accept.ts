import { Command } from 'commander';
import { RunError } from '../../core/errors.ts';
import { thisMachineType } from '../../core/machine.ts';
import { type CurrentResults, currentResults, type Result } from '../../current/results.ts';
import { selectInstances } from '../../current/selection.ts';
import { History } from '../../explain/history.ts';
import { type AcceptedProfile, type AcceptedRecord, LOCK_FILE } from '../../lock-file/accepted.ts';
import { compareDeclared, compareResults } from '../../lock-file/compare.ts';
import { describeDifferences } from '../../lock-file/describe.ts';
import { loadLockFile, saveLockFile } from '../../lock-file/store.ts';
import type { Graph } from '../../pipeline/graph.ts';
import { formatCount } from '../../reporters/format.ts';
import type { Shell } from '../shell/command.ts';
import { argumentsOf, profileOption } from '../shell/options.ts';

export function build(shell: Shell): Command {
  return new Command('accept')
    .description(`record the current results in ${LOCK_FILE}`)
    .argument('[targets...]', 'stages, groups or instances (default: the stages of no group)')
    .addOption(profileOption())
    .addHelpText(
      'after',
      `
examples:
  pipe run --profile ci && pipe accept --profile ci
  git diff ${LOCK_FILE}               what this changes, metric by metric
  pipe run --profile ci --frozen            fails from now on if anything differs

All these results must be there; how they differ from those accepted before is listed. Results that differ
by the rounding of another machine alone are left as they were recorded.`,
    )
    .action((targets: readonly string[], options: { readonly profile?: string }) =>
      accept(shell, targets, options),
    );
}

async function accept(
  shell: Shell,
  targets: readonly string[],
  options: { readonly profile?: string },
): Promise<void> {
  const graph = await shell.inspect(options);
  const { profile } = graph;
  const { instances } = selectInstances(graph, targets);
  const { cache, codeOf, codes, root } = await shell.open();
  const all = loadLockFile(cache.disk, root);
  const current = await currentResults(cache, instances, codeOf);
  cache.save();
  if (current.missing.length > 0) throw notMade(current, argumentsOf(targets, profile));
  const { results } = current;
  const machine = machineOf(results);
  const before = all.get(profile) ?? { machine, instances: new Map() };
  const ids = new Set(graph.instances.map(({ id }) => id));
  const differences = [
    ...compareDeclared(
      before,
      instances,
      codeOf,
      new History(cache, codes).manifestOf,
      (id) => !ids.has(id),
    ),
    ...compareResults(before, results).differences,
  ];
  if (differences.length === 0) {
    shell.out(`nothing to accept: profile ${profile} is as ${LOCK_FILE} says`);
    return;
  }
  const accepted = merge(before, graph, results, machine);
  saveLockFile(cache.disk, root, new Map([...all, [profile, accepted]]));
  if (all.has(profile)) for (const line of describeDifferences(differences)) shell.out(line);
  const what = formatCount(results.size, 'result');
  shell.out(`accepted ${what} of profile ${profile}; commit ${LOCK_FILE}`);
}

/** Of results that several types of machines made, the bytes bind on none. */
function machineOf(results: ReadonlyMap<string, Result>): string {
  const machines = new Set([...results.values()].map(({ machine }) => machine));
  const [first = thisMachineType()] = machines;
  return machines.size > 1 ? 'several types of machines' : first;
}

/** @throws {RunError} if records of two types of machine would stand side by side */
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
    if (result === undefined && machine !== before.machine) {
      throw new RunError(
        `profile ${profile} was made on ${before.machine}, and these results on ${machine}`,
        `accept all of it at once: its records, such as ${id}, must fit together`,
      );
    }
    records.set(id, record);
  }
  return { machine, instances: records };
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

function notMade({ missing }: CurrentResults, args: string): RunError {
  const [first] = missing;
  const others = missing.length === 1 ? '' : ` and ${missing.length - 1} more`;
  return new RunError(
    `there is no current result of ${first.id}${others} to accept`,
    `npx pipe run${args}`,
  );
}
