import { Command } from '@commander-js/extra-typings';
import { groupBy } from '../../../tables/group-by.ts';
import { unfinishedWork } from '../../cache/checkpoints.ts';
import type { Assessment } from '../../current/assess.ts';
import { lockHolder } from '../../disk/lock.ts';
import { assertRawThere } from '../../inputs/missing.ts';
import { argumentsOf } from '../../pipeline/arguments.ts';
import type { Graph } from '../../pipeline/graph.ts';
import { pendingLines, pendingStages } from '../../pipeline/mapped.ts';
import type { Project } from '../../project/project.ts';
import { listFailures } from '../../reporters/failures.ts';
import { formatBytes, formatCount } from '../../reporters/format.ts';
import { readRunRecords } from '../../runs/files.ts';
import { declaredPaths } from '../../session/undeclared.ts';
import { describeLeftJobs } from '../../slurm/left-jobs.ts';
import { assessInstances, printReasons } from '../shell/instances.ts';
import { formatOption, profileOption, setOption, targetsArgument } from '../shell/options.ts';
import { printJson, printTable } from '../shell/print.ts';
import type { Shell } from '../shell/shell.ts';

type State = Assessment['state'];

/** Columns of the table. */
const HEADINGS: Readonly<Record<State, string>> = {
  current: 'current',
  restorable: 'in cache',
  outdated: 'outdated',
  waiting: 'waiting',
};
const STATES = Object.keys(HEADINGS) as readonly State[];

/** Foreign files that are listed. */
const FOREIGN = 20;

export function build(shell: Shell) {
  return new Command('status')
    .addArgument(targetsArgument())
    .addOption(profileOption())
    .addOption(setOption())
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
    .action(async (targets, options) => {
      const { project, graph, instances, covers } = await shell.select(targets, options);
      await assertRawThere(project.cache.raw, instances);
      const assessed = await assessInstances(project, instances);
      const list = instances.map((instance) => {
        const checkpoint = checkpointOf(project, assessed.assessments.get(instance.id));
        return { instance: instance.id, state: assessed.stateOf(instance), checkpoint };
      });
      if (options.format === 'json') {
        const pending = [...pendingStages(graph)].map(([stage, until]) => ({ stage, until }));
        const open = pending.length === 0 ? {} : { pending };
        return printJson(shell, { profile: graph.profile, instances: list, ...open });
      }
      const rows = [...groupBy(instances, ({ stage }) => stage)].map(([stage, own]) => {
        const states = groupBy(own, assessed.stateOf);
        return [stage, ...STATES.map((state) => states.get(state)?.length ?? null)];
      });
      printTable(shell, ['stage', ...STATES.map((state) => HEADINGS[state])], rows);
      for (const line of pendingLines(graph, covers)) shell.out(line);
      if (list.every(({ state }) => state === 'current')) shell.out('\neverything is up to date');
      printReasons(shell, instances, assessed, { all: options.all === true, option: '--all' });
      const interrupted = list.flatMap(({ instance, checkpoint }) =>
        checkpoint === undefined
          ? []
          : `${instance}: ${formatBytes(checkpoint.size)}, saved ${checkpoint.saved}`,
      );
      if (interrupted.length > 0) shell.out('\ninterrupted; will resume from its checkpoint:');
      for (const line of interrupted) shell.out(line);
      await printForeign(shell, project, graph);
      printRuns(shell, project, graph);
    });
}

/** What lies in artifacts/ and was never made by the pipeline, or changed since. */
async function printForeign(shell: Shell, { cache }: Project, graph: Graph): Promise<void> {
  const { foreign } = await cache.places.undeclared(declaredPaths(cache, [graph]));
  if (foreign.length === 0) return;
  shell.out('\nin artifacts/, but not made by the pipeline:');
  for (const path of foreign.slice(0, FOREIGN)) shell.out(cache.paths.show(path));
  if (foreign.length > FOREIGN) shell.out(`and ${foreign.length - FOREIGN} more`);
}

function checkpointOf({ cache }: Project, assessment: Assessment | undefined) {
  return assessment?.state === 'outdated' ? unfinishedWork(cache, assessment.key) : undefined;
}

function printRuns(shell: Shell, project: Project, graph: Graph): void {
  const { disk, paths } = project.cache;
  const holder = lockHolder(disk, paths.lock);
  if (holder !== undefined) {
    shell.out(`\na run is in progress: process ${holder.pid}, since ${holder.since}`);
  }
  const left = holder === undefined ? describeLeftJobs(disk, paths) : undefined;
  if (left !== undefined) shell.out(`\n${left}`);
  const [last] = readRunRecords(disk, paths.runs, 1);
  if (last === undefined) {
    shell.out(`\nnothing has run yet: npx pipe run${argumentsOf([], graph.profile)}`);
    return;
  }
  const failures = Object.entries(last.failures);
  if (failures.length === 0) return;
  shell.out(`\nthe last run (${last.id}) had ${formatCount(failures.length, 'failure')}:`);
  for (const line of listFailures(failures)) shell.out(line);
}
