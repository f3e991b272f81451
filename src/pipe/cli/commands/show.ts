import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { PlainValue } from '../../../tables/read.ts';
import type { Row } from '../../../tables/rows.ts';
import { listTree } from '../../cache/tree.ts';
import { EXIT, RunError } from '../../core/errors.ts';
import type { Disk } from '../../disk/disk.ts';
import type { Paths } from '../../disk/paths.ts';
import { formatCount } from '../../reporters/format.ts';
import { addGraphOptions, argumentsOf, formatOption, parseCount } from '../shell/options.ts';
import { type Cell, printCsv, printTable } from '../shell/print.ts';
import type { InspectOptions, Shell } from '../shell/shell.ts';
import { type ArtifactFile, findArtifacts } from '../show/find-artifacts.ts';
import { readRows } from '../show/read-rows.ts';

interface ShowOptions extends InspectOptions {
  readonly format: 'table' | 'json' | 'csv';
  readonly rows?: number;
}

/** Rows of a table unless --rows is given. */
const ROWS = 40;

/** Characters of a text or list in a table. */
const CELL_WIDTH = 40;

export function build(shell: Shell): Command {
  return addGraphOptions(
    new Command('show')
      .argument('<artifact>', 'an output, stage/output, instance/output or a path')
      .addOption(formatOption(['table', 'json', 'csv']))
      .option('--rows <number>', `rows to print (default: all; ${ROWS} of a table)`, parseCount),
  )
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
    .action((name: string, options: ShowOptions) => show(shell, name, options));
}

async function show(shell: Shell, name: string, options: ShowOptions): Promise<void> {
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
  if (!there.every(({ path }) => path.endsWith('.arrow')))
    return printFiles(shell, there, disk, paths);
  const { columns, rows, total } = await readRows(there, options.rows);
  const cellsOf = (row: Row) => columns.map((column) => cellOf(row[column]));
  switch (options.format) {
    case 'json':
      return printRowsAsJson(shell, rows);
    case 'csv':
      return printCsv(shell, columns, rows.map(cellsOf));
    case 'table': {
      const shown = rows.slice(0, options.rows ?? ROWS);
      const cells = shown.map((row) => cellsOf(row).map(shorten));
      printTable(shell, columns, cells);
      if (shown.length < total) {
        shell.note(`${shown.length} of ${formatCount(total, 'row')}; --rows N shows more`);
      }
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
