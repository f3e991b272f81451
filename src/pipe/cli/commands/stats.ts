import { Command } from '@commander-js/extra-typings';
import { PastActions } from '../../explain/past-actions.ts';
import { formatBytes, formatCount, formatSeconds } from '../../reporters/format.ts';
import { readRun, readRunRecords } from '../../runs/files.ts';
import {
  type CriticalPath,
  criticalPath,
  hitRate,
  type StageStatistics,
  stageStatistics,
} from '../../runs/statistics.ts';
import { formatOption, parseCount, profileOption, targetsArgument } from '../shell/options.ts';
import { printJson, printTable } from '../shell/print.ts';
import type { Shell } from '../shell/shell.ts';

/** Instances listed as the slowest. */
const LISTED = 5;

export function build(shell: Shell) {
  return new Command('stats')
    .addArgument(targetsArgument())
    .addOption(profileOption())
    .option('--runs <number>', 'number of recent runs to look at', parseCount, 20)
    .addOption(formatOption(['table', 'json']))
    .addHelpText(
      'after',
      `
examples:
  pipe stats
  pipe stats --profile ci --runs 1          the last run of profile ci
  pipe stats train --format json

The critical path is the slowest chain of dependent instances, each with its latest time: no run from
scratch can be faster, however many jobs it has.`,
    )
    .action((targets, options) => stats(shell, targets, options));
}

async function stats(
  shell: Shell,
  targets: readonly string[],
  options: {
    readonly profile?: string | undefined;
    readonly runs: number;
    readonly format: string;
  },
): Promise<void> {
  const { project, graph, instances } = await shell.select(targets, options);
  const { cache, codes } = project;
  const { disk, paths } = cache;
  const records = readRunRecords(disk, paths.runs, Number.POSITIVE_INFINITY)
    .filter(({ profile }) => profile === graph.profile)
    .slice(0, options.runs);
  const wanted = new Set(instances.map(({ stage }) => stage));
  const rows = records
    .flatMap(({ id }) => readRun(disk, paths.runs, id))
    .filter(({ stage }) => wanted.has(stage));
  const stages = stageStatistics(rows);
  const rate = hitRate(stages);
  const history = new PastActions(cache, codes);
  const path = criticalPath(instances, (instance) => history.seconds(instance) ?? 0);
  const slowest = rows
    .flatMap(({ instance, seconds }) => (seconds === undefined ? [] : [{ instance, seconds }]))
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, LISTED);
  if (options.format === 'json') {
    const steps = path.steps.map(({ instance, seconds }) => ({ instance: instance.id, seconds }));
    const runs = records.map(({ id }) => id);
    const critical = { ...path, steps };
    return printJson(shell, { runs, stages, hitRate: rate, slowest, criticalPath: critical });
  }
  if (records.length === 0) {
    shell.out(`profile ${graph.profile} has not run yet`);
    return;
  }
  shell.out(`${formatCount(records.length, 'run')} of profile ${graph.profile}\n`);
  printStages(shell, stages);
  if (rate !== undefined) {
    shell.out(`\n${(100 * rate).toFixed(0)} % of the instances were up to date or in the cache`);
  }
  shell.out('\nslowest instances');
  for (const { instance, seconds } of slowest) {
    shell.out(`  ${formatSeconds(seconds)}  ${instance}`);
  }
  printPath(shell, path);
}

function printStages(shell: Shell, stages: readonly StageStatistics[]): void {
  const isOnCluster = stages.some(({ queuedSeconds }) => queuedSeconds > 0);
  const rows = stages.map(({ stage, ran, restored, current, failed, ...spent }) => [
    stage,
    ran || null,
    restored || null,
    current || null,
    failed || null,
    ran === 0 ? null : formatSeconds(spent.seconds),
    ran === 0 ? null : formatSeconds(spent.seconds / ran),
    ran === 0 ? null : formatSeconds(spent.longest),
    ran === 0 ? null : formatSeconds(spent.cpuSeconds),
    ran === 0 ? null : formatBytes(spent.peakMemory),
    ...(isOnCluster ? [ran === 0 ? null : formatSeconds(spent.queuedSeconds / ran)] : []),
  ]);
  const times = ['time', 'mean', 'longest', 'cpu', 'memory'];
  if (isOnCluster) times.push('queued');
  printTable(shell, ['stage', 'ran', 'from cache', 'current', 'failed', ...times], rows);
}

function printPath(shell: Shell, { steps, seconds, work }: CriticalPath): void {
  if (seconds === 0) return;
  const jobs = formatCount(Math.ceil(work / seconds), 'job');
  shell.out(
    `\ncritical path: ${formatSeconds(seconds)} of ${formatSeconds(work)} in total; more than ${jobs} would not be faster`,
  );
  for (const step of steps) shell.out(`  ${formatSeconds(step.seconds)}  ${step.instance.id}`);
}
