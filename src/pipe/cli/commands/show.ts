import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import type { PlainValue } from '../../../tables/read.ts';
import type { Row } from '../../../tables/rows.ts';
import { EXIT, RunError } from '../../core/errors.ts';
import { formatCount } from '../../reporters/format.ts';
import type { InspectOptions, Shell } from '../shell/command.ts';
import { count, profileOption, setOption } from '../shell/options.ts';
import { type Cell, formatCsvField, formatTable } from '../shell/table.ts';
import { type ArtifactFile, findArtifacts } from '../show/find-artifacts.ts';

interface ShowOptions extends InspectOptions {
  readonly format: 'table' | 'json' | 'csv';
  readonly rows?: number;
}

/** Rows that a table on a terminal shows. */
const ROWS = 40;

/** Characters that a list on a terminal may take. */
const LIST_WIDTH = 40;

export function build(shell: Shell): Command {
  return new Command('show')
    .description('print an artifact as a table, JSON or CSV')
    .argument('<artifact>', 'name of an output, stage/output, instance/output or a path')
    .addOption(
      new Option('--format <format>', 'how to print it')
        .choices(['table', 'json', 'csv'])
        .default('table'),
    )
    .option('--rows <number>', `rows to print (default: all; ${ROWS} as a table)`, count)
    .addOption(profileOption())
    .addOption(setOption())
    .addHelpText(
      'after',
      `
examples:
  pipe show subset-counts --format json
  pipe show evaluate/metrics
  pipe show 'train[game=union,dim=8]/curve' --format csv --rows 100
  pipe show artifacts/generate-deck/deck=27/deck.arrow

Rows of several instances are put together, with their coordinates as columns.`,
    )
    .action((name: string, options: ShowOptions) => show(shell, name, options));
}

async function show(shell: Shell, name: string, options: ShowOptions): Promise<void> {
  const graph = await shell.inspect(options);
  const { cache } = await shell.open();
  const exists = (path: string) => cache.disk.stat(path)?.isFile === true;
  const files = findArtifacts(graph, cache.paths, name, exists);
  const made = files.filter(({ path }) => exists(path));
  if (made.length === 0) throw notMade(files[0], graph.profile);
  if (made.length < files.length) {
    shell.note(`${files.length - made.length} of ${files.length} have not been made yet`);
    shell.exit(EXIT.failed);
  }
  if (!made.every(({ path }) => path.endsWith('.arrow'))) return showFiles(shell, made);
  const table = await readRows(made, options.rows);
  const shown = options.format === 'table' ? table.rows.slice(0, options.rows ?? ROWS) : table.rows;
  switch (options.format) {
    case 'json':
      return printJson(shell, shown);
    case 'csv':
      return printCsv(shell, table.columns, shown);
    case 'table':
      printTable(shell, table.columns, shown);
      if (shown.length < table.total) {
        shell.note(`the first of ${formatCount(table.total, 'row')} (--rows shows more)`);
      }
  }
}

/** Texts are printed, of pictures the place is. */
function showFiles(shell: Shell, files: readonly ArtifactFile[]): void {
  for (const { path } of files) {
    const isText = /\.(json|md|txt|csv)$/.test(path);
    shell.out(isText ? readFileSync(path, 'utf8').trimEnd() : path);
  }
}

async function readRows(files: readonly ArtifactFile[], limit = Number.POSITIVE_INFINITY) {
  // Arrow takes a quarter of a second to load.
  const { readTable } = await import('../../../tables/read.ts');
  const { rows } = await import('../../../tables/rows.ts');
  const columns = new Set<string>();
  const all: Row[] = [];
  let total = 0;
  for (const { path, axes, instance } of files) {
    const table = readTable(path, instance?.id);
    total += table.count;
    const own = new Set(table.columns.map((column) => column.name));
    // Coordinates come first; a column of the artifact's own has the last word.
    const place = files.length === 1 ? {} : axes;
    for (const name of [...Object.keys(place), ...own]) columns.add(name);
    const missing = Object.entries(place).filter(([name]) => !own.has(name));
    const prefix = Object.fromEntries(missing);
    for (const row of rows(table, 0, Math.min(table.count, limit - all.length))) {
      all.push({ ...prefix, ...row });
    }
  }
  return { columns: [...columns], rows: all, total };
}

function printJson(shell: Shell, rows: readonly Row[]): void {
  const lines = rows.map((row) => `  ${JSON.stringify(row)}`);
  shell.out(lines.length === 0 ? '[]' : `[\n${lines.join(',\n')}\n]`);
}

function printCsv(shell: Shell, columns: readonly string[], rows: readonly Row[]): void {
  shell.out(columns.map(formatCsvField).join(','));
  for (const row of rows) {
    shell.out(columns.map((name) => formatCsvField(cellOf(row[name]))).join(','));
  }
}

function printTable(shell: Shell, columns: readonly string[], rows: readonly Row[]): void {
  const cells = rows.map((row) => columns.map((name) => shorten(cellOf(row[name]))));
  for (const line of formatTable(columns, cells)) shell.out(line);
}

function cellOf(value: PlainValue | undefined): Cell {
  if (value === undefined || value === null) return null;
  return typeof value === 'object' ? JSON.stringify(value) : value;
}

function shorten(cell: Cell): Cell {
  if (typeof cell !== 'string' || cell.length <= LIST_WIDTH) return cell;
  return `${cell.slice(0, LIST_WIDTH - 3)}...`;
}

function notMade({ path, instance }: ArtifactFile, profile: string): RunError {
  const option = profile === 'default' ? '' : ` --profile ${profile}`;
  const target = instance === undefined ? '' : ` ${instance.stage}`;
  return new RunError(`${path} has not been made yet`, `npx pipe run${target}${option}`);
}
