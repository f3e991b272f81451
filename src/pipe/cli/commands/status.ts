import { Command } from 'commander';
import { type UnfinishedWork, unfinishedWork } from '../../cache/checkpoints.ts';
import type { Assessment } from '../../current/assess.ts';
import { selectInstances } from '../../current/selection.ts';
import { lockHolder } from '../../disk/lock.ts';
import { assertRawThere } from '../../inputs/missing.ts';
import type { Graph, Instance } from '../../pipeline/graph.ts';
import type { Project } from '../../project/project.ts';
import { formatBytes, formatCount } from '../../reporters/format.ts';
import { readRunRecords } from '../../runs/files.ts';
import { declaredPaths } from '../../session/undeclared.ts';
import { assessInstances } from '../shell/instances.ts';
import { addGraphOptions, argumentsOf, formatOption, targetsArgument } from '../shell/options.ts';
import { printJson, printTable } from '../shell/print.ts';
import { printReasons } from '../shell/print-reasons.ts';
import type { InspectOptions, Shell } from '../shell/shell.ts';

type State = Assessment['state'];

/** Columns of the table. */
const HEADINGS: Readonly<Record<State, string>> = {
  current: 'current',
  restorable: 'in cache',
  outdated: 'outdated',
  waiting: 'waiting',
};
const STATES = Object.keys(HEADINGS) as readonly State[];

interface StatusOptions extends InspectOptions {
  readonly all?: true;
  readonly format: 'table' | 'json';
}

/** Foreign files that are listed. */
const FOREIGN = 20;

export function build(shell: Shell): Command {
  return addGraphOptions(new Command('status').addArgument(targetsArgument()))
    .option('--all', 'list every instance that would run')
    .addOption(formatOption(['table', 'json']))
    .addHelpText(
      'after',
      `
examples:
  pipe status
  pipe status train --profile ci --all
  pipe status --format json                 the state of every instance

current   up to date, its artifacts are in place
in cache  ran before; its artifacts will be restored without running it
outdated  will run
waiting   an input must be made first; if it comes out the same as before, this instance does not run`,
    )
    .action((targets: readonly string[], options: StatusOptions) =>
      status(shell, targets, options),
    );
}

async function status(
  shell: Shell,
  targets: readonly string[],
  options: StatusOptions,
): Promise<void> {
  const { project, graph } = await shell.inspect(options);
  const { instances } = selectInstances(graph, targets);
  await assertRawThere(project.cache.raw, instances);
  const assessed = await assessInstances(project, instances);
  const stateOf = ({ id }: Instance): State => assessed.assessments.get(id)?.state ?? 'waiting';
  const checkpointOf = ({ id }: Instance): UnfinishedWork | undefined => {
    const assessment = assessed.assessments.get(id);
    if (assessment?.state !== 'outdated') return undefined;
    return unfinishedWork(project.cache, assessment.key);
  };
  if (options.format === 'json') {
    const list = instances.map((instance) => {
      const checkpoint = checkpointOf(instance);
      const state = { instance: instance.id, state: stateOf(instance) };
      return checkpoint === undefined ? state : { ...state, checkpoint };
    });
    return printJson(shell, { profile: graph.profile, instances: list });
  }
  printStages(shell, instances, stateOf);
  if (instances.every((instance) => stateOf(instance) === 'current')) {
    shell.out('\neverything is up to date');
  } else {
    printReasons(shell, instances, assessed, { all: options.all === true, option: '--all' });
    printCheckpoints(shell, instances, checkpointOf);
  }
  await printForeign(shell, project, graph);
  printRuns(shell, project, graph);
}

/** What lies in artifacts/ and was never made by the pipeline, or changed since. */
async function printForeign(shell: Shell, { cache }: Project, graph: Graph): Promise<void> {
  const { foreign } = await cache.places.undeclared(declaredPaths(cache, [graph]));
  if (foreign.length === 0) return;
  shell.out('\nin artifacts/, but not made by the pipeline:');
  for (const path of foreign.slice(0, FOREIGN)) shell.out(cache.paths.show(path));
  if (foreign.length > FOREIGN) shell.out(`and ${foreign.length - FOREIGN} more`);
}

function printStages(
  shell: Shell,
  instances: readonly Instance[],
  stateOf: (instance: Instance) => State,
): void {
  const counts = new Map<string, Map<State, number>>();
  for (const instance of instances) {
    const ofStage = counts.get(instance.stage) ?? new Map<State, number>();
    counts.set(instance.stage, ofStage);
    ofStage.set(stateOf(instance), (ofStage.get(stateOf(instance)) ?? 0) + 1);
  }
  const rows = [...counts].map(([stage, ofStage]) => [
    stage,
    ...STATES.map((state) => ofStage.get(state) ?? null),
  ]);
  printTable(shell, ['stage', ...STATES.map((state) => HEADINGS[state])], rows);
}

function printCheckpoints(
  shell: Shell,
  instances: readonly Instance[],
  checkpointOf: (instance: Instance) => UnfinishedWork | undefined,
): void {
  const lines = instances.flatMap((instance) => {
    const checkpoint = checkpointOf(instance);
    if (checkpoint === undefined) return [];
    return `${instance.id}: ${formatBytes(checkpoint.size)}, saved ${checkpoint.saved}`;
  });
  if (lines.length === 0) return;
  shell.out('\ninterrupted; will resume from its checkpoint:');
  for (const line of lines) shell.out(line);
}

function printRuns(shell: Shell, project: Project, graph: Graph): void {
  const { disk, paths } = project.cache;
  const holder = lockHolder(disk, paths.lock);
  if (holder !== undefined) {
    shell.out(`\na run is in progress: process ${holder.pid}, since ${holder.since}`);
  }
  const [last] = readRunRecords(disk, paths.runs, 1);
  if (last === undefined) {
    shell.out(`\nnothing has run yet: npx pipe run${argumentsOf([], graph.profile)}`);
    return;
  }
  const failures = Object.entries(last.failures);
  if (failures.length === 0) return;
  shell.out(`\nthe last run (${last.id}) had ${formatCount(failures.length, 'failure')}:`);
  for (const [id, message] of failures) shell.out(`${id}: ${message}`);
}
