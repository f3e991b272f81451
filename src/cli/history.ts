import { Command } from 'commander';
import { formatCounts, formatSeconds } from '../runner/reporters/format.ts';
import { readRunRecords } from '../runner/run-record.ts';
import type { Shell } from './command.ts';
import { formatTable } from './format.ts';
import { count } from './options.ts';

export function build(shell: Shell): Command {
  return new Command('history')
    .description('list the last runs')
    .option('-n, --number <number>', 'runs to list', count, 20)
    .option('--json', 'print their records as JSON')
    .action(async ({ number, json }: { readonly number: number; readonly json?: true }) => {
      const { cache } = await shell.open();
      const records = readRunRecords(cache.disk, cache.paths.runs, number);
      if (json === true) return shell.out(JSON.stringify(records, undefined, 2));
      if (records.length === 0) return shell.out('nothing has run yet: npx pipe run');
      const rows = records.map((record) => [
        record.id,
        record.profile,
        record.ok ? 'ok' : 'failed',
        formatSeconds(record.seconds),
        record.commit === undefined ? '' : record.commit.slice(0, 8) + (record.dirty ? '+' : ''),
        formatCounts(record.counts),
      ]);
      const headings = ['run', 'profile', 'result', 'time', 'commit', 'instances'];
      for (const line of formatTable(headings, rows)) shell.out(line);
    });
}
