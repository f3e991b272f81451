import { readFileSync } from 'node:fs';
import { Command } from '@commander-js/extra-typings';
import type { PlainValue } from '../../../tables/read.ts';
import type { Row } from '../../../tables/rows.ts';
import { listTree } from '../../cache/tree.ts';
import { EXIT, RunError } from '../../core/errors.ts';
import type { Disk } from '../../disk/disk.ts';
import type { Paths } from '../../disk/paths.ts';
import { argumentsOf } from '../../pipeline/arguments.ts';
import { formatCount } from '../../reporters/format.ts';
import { formatOption, parseCount, profileOption, setOption } from '../shell/options.ts';
import { type Cell, printCsv, printTable } from '../shell/print.ts';
import type { Shell } from '../shell/shell.ts';
import { type ArtifactFile, findArtifacts } from '../show/find-artifacts.ts';

/** Rows of a table unless --rows is given. */
const ROWS = 40;

/** Characters of a text or list in a table. */
const CELL_WIDTH = 40;

export function build(shell: Shell) {
  return new Command('show')
    .argument('<artifact>', 'an output, stage/output, instance/output or a path')
    .addOption(formatOption(['table', 'json', 'csv']))
    .option('--rows <number>', `rows to print (default: all; ${ROWS} of a table)`, parseCount)
    .addOption(profileOption())
    .addOption(setOption())
    .addHelpText(
      'after',
      `
examples:
  pipe show metrics --format json
  pipe show evaluate/metrics
  pipe show 'train[model=small,seed=1]/curve' --format csv --rows 100
  pipe show artifacts/evaluate/seed=1/metrics.arrow

Tables of several instances are joined, with the coordinates as columns.`,
    )
    .action(async (name, options) => {
      const { project, graph } = await shell.inspect(options);
      const { disk, paths } = project.cache;
      const exists = (path: string) => {
        const stat = disk.stat(path);
        return stat?.isFile === true || stat?.isFolder === true;
      };
      const files = findArtifacts(graph, paths, name, exists);
      const there = files.filter(({ path }) => exists(path));
      if (there.length === 0) throw missing(paths, files[0], graph.profile);
      if (there.length < files.length) {
        shell.note(`${files.length - there.length} of ${files.length} do not exist yet`);
        shell.exitCode = EXIT.failed;
      }
      const areTables = there.every(({ path }) => path.endsWith('.arrow'));
      if (areTables) printRows(shell, await readRows(there, options.rows), options);
      else printFiles(shell, there, disk, paths);
    });
}

function printRows(
  shell: Shell,
  { columns, rows, total }: JoinedRows,
  options: { readonly format: 'table' | 'json' | 'csv'; readonly rows?: number | undefined },
): void {
  const cellsOf = (row: Row) => columns.map((column) => cellOf(row[column]));
  if (options.format === 'json') printRowsAsJson(shell, rows);
  else if (options.format === 'csv') printCsv(shell, columns, rows.map(cellsOf));
  else {
    const shown = rows.slice(0, options.rows ?? ROWS);
    const cells = shown.map((row) => cellsOf(row).map(shorten));
    printTable(shell, columns, cells);
    if (shown.length < total) {
      shell.note(`${shown.length} of ${formatCount(total, 'row')}; --rows N shows more`);
    }
  }
}

/** Prints texts, and the paths of pictures and of what is in folders. */
function printFiles(shell: Shell, files: readonly ArtifactFile[], disk: Disk, paths: Paths): void {
  for (const { path } of files) {
    if (disk.stat(path)?.isFolder === true) {
      const { files: inside, empty } = listTree(disk, path);
      const all = [...inside.map((file) => file.path), ...empty.map((folder) => `${folder}/`)];
      shell.out(
        all.length === 0
          ? `${paths.show(path)}/`
          : all.map((one) => `${paths.show(path)}/${one}`).join('\n'),
      );
      continue;
    }
    const isText = /\.(json|md|txt|csv)$/.test(path);
    shell.out(isText ? readFileSync(path, 'utf8').trimEnd() : paths.show(path));
  }
}

/** One row a line. */
function printRowsAsJson(shell: Shell, rows: readonly Row[]): void {
  const lines = rows.map((row) => `  ${JSON.stringify(row)}`);
  shell.out(lines.length === 0 ? '[]' : `[\n${lines.join(',\n')}\n]`);
}

function cellOf(value: PlainValue | undefined): Cell {
  if (value === undefined || value === null) return null;
  return typeof value === 'object' ? JSON.stringify(value) : value;
}

function shorten(cell: Cell): Cell {
  if (typeof cell !== 'string' || cell.length <= CELL_WIDTH) return cell;
  return `${cell.slice(0, CELL_WIDTH - 3)}...`;
}

function missing(paths: Paths, { path, instance }: ArtifactFile, profile: string): RunError {
  const targets = instance === undefined ? [] : [instance.stage];
  const command = `npx pipe run${argumentsOf(targets, profile)}`;
  return new RunError(`${paths.show(path)} does not exist yet`, command);
}

/** Rows of several tables under each other. */
export interface JoinedRows {
  readonly columns: readonly string[];
  /** At most as many as asked for. */
  readonly rows: readonly Row[];
  /** Rows of all the files. */
  readonly total: number;
}

/** Reads Arrow tables; several are told apart by the coordinates of their instances. */
export async function readRows(
  files: readonly ArtifactFile[],
  limit = Number.POSITIVE_INFINITY,
): Promise<JoinedRows> {
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
    // Coordinates come first; a column of the table with the same name wins.
    const coordinates = files.length === 1 ? {} : axes;
    for (const name of [...Object.keys(coordinates), ...own]) columns.add(name);
    const prefix = Object.fromEntries(
      Object.entries(coordinates).filter(([name]) => !own.has(name)),
    );
    for (const row of rows(table, 0, Math.min(table.count, limit - all.length))) {
      all.push({ ...prefix, ...row });
    }
  }
  return { columns: [...columns], rows: all, total };
}
