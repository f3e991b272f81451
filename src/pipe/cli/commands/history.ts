import { Command } from '@commander-js/extra-typings';
import { EXIT, RunError } from '../../core/errors.ts';
import type { Project } from '../../project/project.ts';
import { firstLine, formatBytes, formatCounts, formatSeconds } from '../../reporters/format.ts';
import { describeEnd } from '../../reporters/lines.ts';
import { findRun, readRun, readRunRecords, runFile } from '../../runs/files.ts';
import type { RunRecord } from '../../runs/record.ts';
import type { InstanceRun } from '../../runs/recorder.ts';
import { formatOption, parseCount } from '../shell/options.ts';
import { printCsv, printJson, printTable } from '../shell/print.ts';
import type { Shell } from '../shell/shell.ts';

const FORMATS = ['table', 'json', 'csv', 'arrow', 'trace'] as const;
type Format = (typeof FORMATS)[number];

export function build(shell: Shell) {
  return new Command('history')
    .argument('[run]', 'a run: last, last~1..., or the start or end of an id')
    .option('-n, --number <number>', 'number of runs to list', parseCount, 20)
    .addOption(formatOption(FORMATS))
    .addHelpText(
      'after',
      `
examples:
  pipe history
  pipe history last                         time, CPU and memory of each instance
  pipe history last~1 --format json
  pipe history last --format arrow > run.arrow
  pipe history last --format trace > trace.json     for ui.perfetto.dev or chrome://tracing
  pipe diff last~1 last                     what changed between the last two

A run with nothing to do leaves no record. A record is a file of JSON Lines in
cache/runs/: the first line is the run, every other an instance.`,
    )
    .action(async (name, { format, number }) => {
      const { cache } = await shell.open();
      if (name === undefined) listRuns(shell, cache, number, format);
      else await printRun(shell, cache, name, format);
    });
}

function listRuns(
  shell: Shell,
  { disk, paths }: Project['cache'],
  number: number,
  format: Format,
): void {
  const records = readRunRecords(disk, paths.runs, number);
  if (format === 'json') {
    printJson(shell, records);
    return;
  }
  if (format !== 'table') {
    const fix = `name a run: pipe history last --format ${format}`;
    throw new RunError(`a list of runs cannot be printed as ${format}`, fix, EXIT.usage);
  }
  if (records.length === 0) {
    shell.out('nothing has run yet: npx pipe run');
    return;
  }
  const rows = records.map((record) => [
    record.id,
    record.profile,
    record.ok ? 'ok' : describeEnd(record.counts),
    formatSeconds(record.seconds),
    commitOf(record),
    formatCounts(record.counts),
  ]);
  printTable(shell, ['run', 'profile', 'result', 'time', 'commit', 'instances'], rows);
}

async function printRun(
  shell: Shell,
  { disk, paths }: Project['cache'],
  name: string,
  format: Format,
): Promise<void> {
  const record = findRun(disk, paths.runs, name);
  const instances = readRun(disk, paths.runs, record.id);
  switch (format) {
    case 'json':
      return printJson(shell, { ...record, instances });
    case 'trace': {
      const { formatTrace } = await import('../../runs/trace.ts');
      shell.out(formatTrace(record, instances));
      return;
    }
    case 'csv': {
      const { RUN_COLUMNS, rowsOf } = await import('../../runs/rows.ts');
      const rows = rowsOf(record, instances);
      return printCsv(
        shell,
        RUN_COLUMNS,
        rows.map((row) => RUN_COLUMNS.map((column) => row[column])),
      );
    }
    case 'arrow': {
      if (process.stdout.isTTY) {
        const fix = 'redirect it to a file: > run.arrow';
        throw new RunError('an Arrow file cannot be shown on a terminal', fix, EXIT.usage);
      }
      const { encodeRun } = await import('../../runs/rows.ts');
      process.stdout.write(encodeRun(record, instances));
      return;
    }
    case 'table':
      printInstances(shell, record, instances, paths.show(runFile(paths.runs, record.id)));
  }
}

function printInstances(
  shell: Shell,
  record: RunRecord,
  instances: readonly InstanceRun[],
  file: string,
): void {
  const { machine, sets, targets } = record;
  const args = [...targets, ...sets.map((set) => `--set ${set}`)].join(' ');
  shell.out(`run ${record.id}, profile ${record.profile}${args === '' ? '' : `: ${args}`}`);
  shell.out(`${record.started}, ${formatSeconds(record.seconds)}, ${formatCounts(record.counts)}`);
  shell.out(`commit ${commitOf(record) || 'unknown'}`);
  shell.out(
    `${machine.host}: ${machine.platform}, ${machine.cores} x ${machine.cpu}, node ${machine.node}`,
  );
  shell.out(`file ${file}\n`);
  const isOnCluster = instances.some(({ host }) => host !== undefined);
  const rows = instances
    .filter(({ status }) => status !== 'current')
    .map(({ instance, status, begin, seconds, cpuSeconds, peakMemory, attempts, ...rest }) => [
      instance,
      status,
      begin === undefined ? null : formatSeconds(begin),
      seconds === undefined ? null : formatSeconds(seconds),
      cpuSeconds === undefined ? null : formatSeconds(cpuSeconds),
      peakMemory === undefined ? null : formatBytes(peakMemory),
      attempts > 1 ? attempts : null,
      ...(isOnCluster ? placeOf(rest.host) : []),
      rest.message === undefined ? null : firstLine(rest.message),
    ]);
  const place = isOnCluster ? ['node', 'job', 'queued'] : [];
  const spent = ['start', 'time', 'cpu', 'memory', 'attempts'];
  const headings = ['instance', 'status', ...spent, ...place, 'failure'];
  printTable(shell, headings, rows);
}

function placeOf(host: InstanceRun['host']) {
  if (host === undefined) return [null, null, null];
  return [host.node, host.job, formatSeconds(host.queued)];
}

/** Eight digits of the commit, with a `+` if there were uncommitted changes. */
function commitOf({ commit, dirty }: RunRecord): string {
  return commit === undefined ? '' : commit.slice(0, 8) + (dirty === true ? '+' : '');
}
