import { extname } from 'node:path';
import { parse as parseCsv } from 'csv-parse/sync';
import { listSome } from '../core/collections.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import { suggest } from '../core/suggest.ts';
import type { Disk } from '../disk/disk.ts';
import { MAX_VALUES } from '../pipeline/axes.ts';
import type { Coordinate } from '../pipeline/contract.ts';
import type { MappedAxis, TableValues } from '../pipeline/graph.ts';
import { compareCoordinateLists, isAxisText, MAX_VALUE } from '../pipeline/names.ts';

/** Says what is wrong with a table, and what helps. */
class ColumnError extends Error {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/**
 * The values of an axis: those of a column, each once, sorted as coordinates are.
 * @param file name of the table; its ending tells how it is read
 * @param table its digest
 */
export async function readAxisValues(
  disk: Disk,
  path: string,
  file: string,
  { axis, stage, output, column }: MappedAxis,
  table: string,
): Promise<TableValues | Diagnostic> {
  const name = `${stage}/${output}`;
  try {
    const { values, repeats } = distinct(await READERS[extname(file)](disk, path, column));
    if (values.length > MAX_VALUES) {
      const message = `has ${values.length} values; the limit is ${MAX_VALUES}`;
      throw new ColumnError(message, 'put several into one, such as files into batches');
    }
    if (repeats.length === 0) return { values, table };
    const said = `axis '${axis}': ${name} has ${listSome(repeats, 1)} more than once; each value counts once`;
    return { values, table, repeats: said };
  } catch (error) {
    const { message } = error as Error;
    return error instanceof ColumnError
      ? { message: `axis '${axis}': ${name} ${message}`, hint: error.hint }
      : {
          message: `axis '${axis}': cannot read ${name}: ${message}`,
          hint: `mend the stage '${stage}'`,
        };
  }
}

/** Sorted; the first of those that are equal as text counts. */
function distinct(column: readonly unknown[]) {
  const byText = new Map<string, Coordinate>();
  const repeats = new Set<string>();
  for (const [row, value] of column.entries()) {
    const coordinate = toCoordinate(value, row);
    const text = String(coordinate);
    if (byText.has(text)) repeats.add(JSON.stringify(coordinate));
    else byText.set(text, coordinate);
  }
  const values = [...byText.values()].sort((a, b) => compareCoordinateLists([['', a]], [['', b]]));
  return { values, repeats: [...repeats] };
}

function toCoordinate(value: unknown, row: number): Coordinate {
  // -0 is 0 as text.
  if (typeof value === 'number' && Number.isFinite(value)) return value === 0 ? 0 : value;
  if (typeof value === 'string' && isAxisText(value)) return value;
  const shown = typeof value === 'number' ? String(value) : JSON.stringify(value ?? null);
  const some = shown.length > 60 ? `${shown.slice(0, 60)}...` : shown;
  throw new ColumnError(
    `has ${some} in row ${row + 1}, which cannot be the value of an axis`,
    `make it a number, or a text of 1 to ${MAX_VALUE} characters, none of them a control character`,
  );
}

type Reader = (
  disk: Disk,
  path: string,
  column: string,
) => readonly unknown[] | Promise<readonly unknown[]>;

const READERS: Readonly<Record<string, Reader>> = {
  '.arrow': async (_, path, column) => {
    // Arrow takes a quarter of a second to load.
    const { readTable } = await import('../../tables/read.ts');
    const table = readTable(path);
    expectColumn(
      table.columns.map(({ name }) => name),
      column,
    );
    return table.values(column);
  },
  '.csv': (disk, path, column) => {
    const [head = [], ...rows] = parseCsv(textOf(disk, path), { bom: true }) as string[][];
    expectColumn(head, column);
    const at = head.indexOf(column);
    return rows.map((row) => fromText(row[at]));
  },
  '.jsonl': (disk, path, column) => {
    const lines = textOf(disk, path).split('\n');
    const rows = lines.flatMap((line, i) => (line.trim() === '' ? [] : [rowOf(line, i)]));
    if (rows.length > 0) expectColumn([...new Set(rows.flatMap(Object.keys))], column);
    return rows.map((row) => row[column]);
  },
};

function textOf(disk: Disk, path: string): string {
  return disk.read(path)?.toString('utf8') ?? '';
}

/** `7` is a number, as in YAML, and `007` is not. */
function fromText(text: string): Coordinate {
  return String(Number(text)) === text && Number.isFinite(Number(text)) ? Number(text) : text;
}

function rowOf(line: string, at: number): Readonly<Record<string, unknown>> {
  const hint = 'write one JSON object per line';
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch (error) {
    throw new ColumnError(`has no JSON in line ${at + 1}: ${(error as Error).message}`, hint);
  }
  if (typeof row === 'object' && row !== null && !Array.isArray(row)) {
    return row as Readonly<Record<string, unknown>>;
  }
  throw new ColumnError(`has no JSON object in line ${at + 1}`, hint);
}

function expectColumn(names: readonly string[], column: string): void {
  if (names.includes(column)) return;
  throw new ColumnError(`has no column '${column}'`, suggest(column, names, 'its columns'));
}
