import { Command } from 'commander';
import type { Project } from '../../project/project.ts';
import { formatBytes, formatCounts, formatSeconds } from '../../reporters/format.ts';
import { findRun } from '../../runs/find.ts';
import { type RunRecord, readRunRecords, runFiles } from '../../runs/record.ts';
import type { Shell } from '../shell/command.ts';
import { formatOption, parseCount } from '../shell/options.ts';
import { printJson, printTable } from '../shell/print.ts';

interface HistoryOptions {
  readonly number: number;
  readonly format: 'table' | 'json';
}

export function build(shell: Shell): Command {
  return new Command('history')
    .argument('[run]', 'a run: last, last~1..., or the start or end of an id')
    .option('-n, --number <number>', 'number of runs to list', parseCount, 20)
    .addOption(formatOption(['table', 'json']))
    .addHelpText(
      'after',
      `
examples:
  pipe history
  pipe history last                         time, CPU and memory of each instance
  pipe history last~1 --format json
  pipe show cache/runs/<run>/instances.arrow --format csv
  pipe diff last~1 last                     what changed between the last two

A run with nothing to do leaves no record. docs/history.md describes the records.`,
    )
    .action(async (name: string | undefined, options: HistoryOptions) => {
      const { cache } = await shell.open();
      if (name === undefined) listRuns(shell, cache, options);
      else await showRun(shell, cache, name, options);
    });
}

function listRuns(
  shell: Shell,
  { disk, paths }: Project['cache'],
  { number, format }: HistoryOptions,
): void {
  const records = readRunRecords(disk, paths.runs, number);
  if (format === 'json') {
    printJson(shell, records);
    return;
  }
  if (records.length === 0) {
    shell.out('nothing has run yet: npx pipe run');
    return;
  }
  const rows = records.map((record) => [
    record.id,
    record.profile,
    record.ok ? 'ok' : 'failed',
    formatSeconds(record.seconds),
    commitOf(record),
    formatCounts(record.counts),
  ]);
  printTable(shell, ['run', 'profile', 'result', 'time', 'commit', 'instances'], rows);
}

async function showRun(
  shell: Shell,
  { disk, paths }: Project['cache'],
  name: string,
  { format }: HistoryOptions,
): Promise<void> {
  const record = findRun(disk, paths.runs, name);
  const { readRun } = await import('../../runs/table.ts');
  const instances = readRun(disk, paths.runs, record.id);
  if (format === 'json') return printJson(shell, { ...record, instances });
  const { machine, sets, targets } = record;
  const args = [...targets, ...sets.map((set) => `--set ${set}`)].join(' ');
  shell.out(`run ${record.id}, profile ${record.profile}${args === '' ? '' : `: ${args}`}`);
  shell.out(`${record.started}, ${formatSeconds(record.seconds)}, ${formatCounts(record.counts)}`);
  shell.out(`commit ${commitOf(record) || 'unknown'}`);
  shell.out(
    `${machine.host}: ${machine.platform}, ${machine.cores} x ${machine.cpu}, node ${machine.node}`,
  );
  const { table, trace } = runFiles(paths.runs, record.id);
  shell.out(`table ${paths.show(table)}`);
  shell.out(`trace ${paths.show(trace)} (open it in ui.perfetto.dev)\n`);
  const rows = instances
    .filter(({ status }) => status !== 'current')
    .map(({ instance, status, begin, seconds, cpuSeconds, peakMemory, attempts, message }) => [
      instance,
      status,
      begin === undefined ? null : formatSeconds(begin),
      seconds === undefined ? null : formatSeconds(seconds),
      cpuSeconds === undefined ? null : formatSeconds(cpuSeconds),
      peakMemory === undefined ? null : formatBytes(peakMemory),
      attempts > 1 ? attempts : null,
      message ?? null,
    ]);
  const headings = ['instance', 'status', 'start', 'time', 'cpu', 'memory', 'attempts', 'failure'];
  printTable(shell, headings, rows);
}

/** Eight digits of the commit, with a `+` if there were uncommitted changes. */
function commitOf({ commit, dirty }: RunRecord): string {
  return commit === undefined ? '' : commit.slice(0, 8) + (dirty === true ? '+' : '');
}
