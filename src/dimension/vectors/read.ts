import { readFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
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
  constructor(message: string) {
    super(message);
    this.name = 'VectorsError';
  }
}

/**
 * Reads vectors and their names: `.npy` and a text file of the names, one per line (`items.npy`,
 * `items.txt`); or `.arrow`, `.feather` (uncompressed IPC) or `.parquet` with a column of text and a column
 * of lists of numbers, the first of each kind.
 *
 * @param files the one file, or the two in any order
 * @throws VectorsError if they are something else
 */
export async function readVectors(files: readonly string[]): Promise<NamedVectors> {
  const texts = files.filter((file) => extname(file) === '.txt');
  const [path, ...more] = files.filter((file) => extname(file) !== '.txt');
  if (path === undefined || more.length > 0 || texts.length > 1) {
    throw new VectorsError(
      `${files.length} files for vectors (${files.map((file) => basename(file)).join(', ')}): ` +
        'wanted one of vectors, and one of names (.txt) if it is .npy',
    );
  }
  try {
    switch (extname(path)) {
      case '.npy':
        return fromNpy(path, texts[0]);
      case '.arrow':
      case '.feather':
        return fromRows(await arrowRows(path));
      case '.parquet':
        return fromRows(await parquetRows(path));
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new VectorsError(`${path}: ${reason}`);
  }
  throw new VectorsError(`${path}: vectors are read from .npy, .arrow, .feather and .parquet`);
}

function fromNpy(path: string, namesPath: string | undefined): NamedVectors {
  if (namesPath === undefined) {
    const both = `${path.slice(0, -'.npy'.length)}.{npy,txt}`;
    throw new RangeError(
      `an array has no names: give it with a file of them, one per line, as ${both}`,
    );
  }
  const { rows, columns, values } = parseNpy(readFileSync(path));
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

/** When vectors are compared: always, if they are of these things, or never. */
export const USES = ['always', 'known', 'never'] as const;

/** What vectors are wanted for. */
interface Wanted {
  readonly use: (typeof USES)[number];
  /** Of the items, or of the queries. */
  readonly names: readonly string[];
  readonly what: string;
  /** Is told why vectors are left out. */
  readonly note: (text: string) => void;
}

/** Reads vectors unless they are not wanted, or are those of other things: then `undefined`. */
export async function readWanted(
  files: readonly string[],
  { use, names, what, note }: Wanted,
): Promise<NamedVectors | undefined> {
  if (use === 'never') return undefined;
  const vectors = await readVectors(files);
  const known = new Set(vectors.names);
  if (use === 'always' || names.some((name) => known.has(name))) return vectors;
  const file = files.map((path) => basename(path)).join(', ');
  note(`No vectors of ${what} are compared: ${file} has none of these ${what}.`);
  return undefined;
}

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
