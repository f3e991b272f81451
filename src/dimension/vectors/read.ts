import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { parseNpy } from './npy.ts';

/** Vectors by name. */
export interface NamedVectors {
  readonly names: readonly string[];
  readonly width: number;
  /** // [names, width] */
  readonly values: Float32Array;
}

/** Vectors that cannot be read, or that lack what is asked of them. */
export class VectorsError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'VectorsError';
  }
}

/**
 * Reads vectors and their names: `.npy` with the names in a text file beside it, one per line
 * (`items.npy`, `items.txt`); or `.arrow`, `.feather` (uncompressed IPC) and `.parquet` with a column of
 * text and a column of lists of numbers, the first of each kind.
 */
export async function readVectors(path: string): Promise<NamedVectors> {
  try {
    switch (extname(path)) {
      case '.npy':
        return fromNpy(path);
      case '.arrow':
      case '.feather':
        return fromRows(await arrowRows(path));
      case '.parquet':
        return fromRows(await parquetRows(path));
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new VectorsError(`${path}: ${reason}`, { cause });
  }
  throw new VectorsError(`${path}: vectors are read from .npy, .arrow, .feather and .parquet`);
}

function fromNpy(path: string): NamedVectors {
  const { rows, columns, values } = parseNpy(readFileSync(path));
  const namesPath = `${path.slice(0, -'.npy'.length)}.txt`;
  const names = readFileSync(namesPath, 'utf8')
    .replace(/\r?\n$/, '')
    .split(/\r?\n/);
  if (names.length !== rows) {
    throw new RangeError(`${rows} vectors, and ${names.length} names in ${namesPath}`);
  }
  return { names, width: columns, values };
}

type AnyRow = Readonly<Record<string, unknown>>;

async function arrowRows(path: string): Promise<readonly AnyRow[]> {
  const { tableFromIPC } = await import('apache-arrow');
  const table = tableFromIPC(readFileSync(path));
  return table.toArray().map((row) => row.toJSON() as AnyRow);
}

async function parquetRows(path: string): Promise<readonly AnyRow[]> {
  const { asyncBufferFromFile, parquetReadObjects } = await import('hyparquet');
  const { compressors } = await import('hyparquet-compressors');
  return parquetReadObjects({ file: await asyncBufferFromFile(path), compressors });
}

function fromRows(rows: readonly AnyRow[]): NamedVectors {
  const [first] = rows;
  if (first === undefined) throw new RangeError('no vectors');
  const columns = Object.keys(first);
  const nameColumn = columns.find((column) => typeof first[column] === 'string');
  const vectorColumn = columns.find((column) => isList(first[column]));
  if (nameColumn === undefined || vectorColumn === undefined) {
    const missing =
      nameColumn === undefined ? 'text (the names)' : 'lists of numbers (the vectors)';
    throw new RangeError(`no column of ${missing} among ${columns.join(', ')}`);
  }
  const lists = rows.map((row) => [...(row[vectorColumn] as Iterable<unknown>)].map(Number));
  const width = lists[0].length;
  const uneven = lists.findIndex((list) => list.length !== width);
  if (uneven >= 0) {
    throw new RangeError(
      `vector ${uneven} has ${lists[uneven].length} numbers, the first ${width}`,
    );
  }
  return {
    names: rows.map((row) => String(row[nameColumn])),
    width,
    values: Float32Array.from(lists.flat()),
  };
}

const isList = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Symbol.iterator in value;

/**
 * The vectors of these names, in their order. // [names, width]
 *
 * @throws VectorsError naming some that have none
 */
export function vectorsFor(
  names: readonly string[],
  { names: own, width, values }: NamedVectors,
  what: string,
): Float32Array {
  const places = new Map(own.map((name, place) => [name, place]));
  const missing = names.filter((name) => !places.has(name));
  if (missing.length > 0) {
    const some = missing.slice(0, 3).map((name) => `'${name}'`);
    throw new VectorsError(
      `${missing.length} of ${names.length} ${what} have no vector, e.g. ${some.join(', ')}`,
    );
  }
  const found = new Float32Array(names.length * width);
  names.forEach((name, i) => {
    const place = places.get(name) ?? 0;
    found.set(values.subarray(place * width, (place + 1) * width), i * width);
  });
  return found;
}
