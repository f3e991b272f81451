import { Command } from 'commander';
import { type UnfinishedWork, unfinishedWork } from '../../cache/checkpoints.ts';
import { type Assessment, assessAll } from '../../current/assess.ts';
import { selectInstances } from '../../current/selection.ts';
import { lockHolder } from '../../disk/lock.ts';
import { History } from '../../explain/history.ts';
import type { Graph, Instance } from '../../pipeline/graph.ts';
import type { Project } from '../../project/project.ts';
import { formatBytes, formatCount } from '../../reporters/format.ts';
import { readRunRecords } from '../../runs/record.ts';
import { reasonOf } from '../../session/session.ts';
import type { InspectOptions, Shell } from '../shell/command.ts';
import { profileOption, setOption } from '../shell/options.ts';
import { formatTable } from '../shell/table.ts';

type State = Assessment['state'];

/** What a state is called in the table. */
const HEADINGS: Readonly<Record<State, string>> = {
  current: 'current',
  restorable: 'in cache',
  outdated: 'outdated',
  waiting: 'waiting',
};

/** Outdated instances that are listed; `--all` lists every one. */
const LISTED = 10;

interface StatusOptions extends InspectOptions {
  readonly all?: true;
  readonly json?: true;
}

export function build(shell: Shell): Command {
  return new Command('status')
    .description('say what is current, what would run and what is missing')
    .argument('[targets...]', 'stages, groups or instances (default: the stages of no group)')
    .addOption(profileOption())
    .addOption(setOption())
    .option('--all', 'list every instance that would run')
    .option('--json', 'print the state of every instance as JSON')
    .addHelpText(
      'after',
      `
examples:
  pipe status
  pipe status train --profile ci --all
  pipe status --json

current   done, its artifacts are in place
in cache  done before; its artifacts would be put in place without running
outdated  would run
waiting   reads from one that would run; runs only if what that makes is new`,
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
  const graph = await shell.inspect(options);
  const project = await shell.open();
  const { instances } = selectInstances(graph, targets);
  const found = await assessAll(project.cache, instances, project.codeOf);
  project.cache.save();
  const stateOf = ({ id }: Instance): State => found.get(id)?.state ?? 'waiting';
  const checkpointOf = ({ id }: Instance): UnfinishedWork | undefined => {
    const assessment = found.get(id);
    if (assessment?.state !== 'outdated') return undefined;
    return unfinishedWork(project.cache, assessment.key);
  };
  if (options.json === true) {
    const list = instances.map((instance) => {
      const checkpoint = checkpointOf(instance);
      const state = { instance: instance.id, state: stateOf(instance) };
      return checkpoint === undefined ? state : { ...state, checkpoint };
    });
    return shell.out(JSON.stringify({ profile: graph.profile, instances: list }, undefined, 2));
  }
  printTable(shell, instances, stateOf);
  printOutdated(shell, project, instances, found, options.all === true);
  printCheckpoints(shell, instances, checkpointOf);
  printRuns(shell, project, graph);
}

function printTable(
  shell: Shell,
  instances: readonly Instance[],
  stateOf: (instance: Instance) => State,
): void {
  const states = Object.keys(HEADINGS) as readonly State[];
  const counts = new Map<string, Map<State, number>>();
  for (const instance of instances) {
    const ofStage = counts.get(instance.stage) ?? new Map<State, number>();
    counts.set(instance.stage, ofStage);
    ofStage.set(stateOf(instance), (ofStage.get(stateOf(instance)) ?? 0) + 1);
  }
  const rows = [...counts].map(([stage, ofStage]) => [
    stage,
    ...states.map((state) => ofStage.get(state) ?? null),
  ]);
  const headings = ['stage', ...states.map((state) => HEADINGS[state])];
  for (const line of formatTable(headings, rows)) shell.out(line);
}

function printOutdated(
  shell: Shell,
  project: Project,
  instances: readonly Instance[],
  found: ReadonlyMap<string, Assessment>,
  all: boolean,
): void {
  const history = new History(project.cache, project.codes);
  const outdated = instances.flatMap((instance) => {
    const assessment = found.get(instance.id);
    return assessment?.state === 'outdated' ? [{ instance, assessment }] : [];
  });
  if (outdated.length === 0) return;
  shell.out('');
  for (const { instance, assessment } of all ? outdated : outdated.slice(0, LISTED)) {
    shell.out(`${instance.id}: ${reasonOf(history, instance, assessment)}`);
  }
  if (!all && outdated.length > LISTED) {
    shell.out(`and ${outdated.length - LISTED} more (--all lists them)`);
  }
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
  shell.out('\nunfinished, goes on from its checkpoint:');
  for (const line of lines) shell.out(line);
}

function printRuns(shell: Shell, project: Project, graph: Graph): void {
  const { disk, paths } = project.cache;
  const holder = lockHolder(disk, paths.lock);
  if (holder !== undefined) {
    shell.out(`\na run is at work: process ${holder.pid}, since ${holder.since}`);
  }
  const [last] = readRunRecords(disk, paths.runs, 1);
  if (last === undefined) {
    const profile = graph.profile === 'default' ? '' : ` --profile ${graph.profile}`;
    shell.out(`\nnothing has run yet: npx pipe run${profile}`);
    return;
  }
  const failed = Object.entries(last.failures);
  if (failed.length === 0) return;
  shell.out(`\nthe last run (${last.id}) had ${formatCount(failed.length, 'failure')}:`);
  for (const [id, message] of failed) shell.out(`${id}: ${message}`);
}
