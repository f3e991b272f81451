import { Command } from 'commander';
import type { Project } from '../../project/project.ts';
import { formatBytes, formatCounts, formatSeconds } from '../../reporters/format.ts';
import { findRun } from '../../runs/find.ts';
import { type RunRecord, readRunRecords, runFiles } from '../../runs/record.ts';
import type { Shell } from '../shell/command.ts';
import { count } from '../shell/options.ts';
import { formatTable } from '../shell/table.ts';

interface HistoryOptions {
  readonly number: number;
  readonly json?: true;
}

export function build(shell: Shell): Command {
  return new Command('history')
    .description('list the last runs, or what one of them did')
    .argument('[run]', 'id of a run, the beginning or end of it, last, last~1...')
    .option('-n, --number <number>', 'runs to list', count, 20)
    .option('--json', 'print the records as JSON')
    .addHelpText(
      'after',
      `
examples:
  pipe history
  pipe history last                         each instance: time, cpu, memory; where the trace is
  pipe history last~1 --json
  pipe show cache/runs/<run>/instances.arrow --format csv
  pipe diff last~1 last                     what moved between the last two

A run that found nothing to do leaves no record. docs/history.md says what a record holds.`,
    )
    .action(async (name: string | undefined, options: HistoryOptions) => {
      const { cache } = await shell.open();
      if (name === undefined) listRuns(shell, cache, options);
      else await showRun(shell, cache, name, options.json === true);
    });
}

function listRuns(
  shell: Shell,
  { disk, paths }: Project['cache'],
  { number, json }: HistoryOptions,
): void {
  const records = readRunRecords(disk, paths.runs, number);
  if (json === true) {
    shell.out(JSON.stringify(records, undefined, 2));
    return;
  }
  if (records.length === 0) {
    shell.out('nothing has run yet: npx pipe run');
    return;
  }
  const rows = records.map((record) => [
    record.id,
    record.profile,
    record.ok ? 'ok' : 'not done',
    formatSeconds(record.seconds),
    commitOf(record),
    formatCounts(record.counts),
  ]);
  const headings = ['run', 'profile', 'result', 'time', 'commit', 'instances'];
  for (const line of formatTable(headings, rows)) shell.out(line);
}

async function showRun(
  shell: Shell,
  { disk, paths }: Project['cache'],
  name: string,
  json: boolean,
): Promise<void> {
  const record = findRun(disk, paths.runs, name);
  const { readRun } = await import('../../runs/table.ts');
  const instances = readRun(disk, paths.runs, record.id);
  if (json) return shell.out(JSON.stringify({ ...record, instances }, undefined, 2));
  const { machine, sets, targets } = record;
  const args = [...targets, ...sets.map((set) => `--set ${set}`)].join(' ');
  shell.out(`run ${record.id}, profile ${record.profile}${args === '' ? '' : `: ${args}`}`);
  shell.out(`${record.started}, ${formatSeconds(record.seconds)}, ${formatCounts(record.counts)}`);
  const commit = commitOf(record);
  shell.out(`commit ${commit === '' ? 'not known' : commit}`);
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
  const headings = ['instance', 'status', 'began', 'time', 'cpu', 'memory', 'attempts', 'failure'];
  for (const line of formatTable(headings, rows)) shell.out(line);
}

/** Eight digits of the commit, with a `+` if files differed from it. */
function commitOf({ commit, dirty }: RunRecord): string {
  return commit === undefined ? '' : commit.slice(0, 8) + (dirty === true ? '+' : '');
}
