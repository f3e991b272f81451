import { readFileSync } from 'node:fs';
import type { Data, Schema } from 'apache-arrow';
import { DataType, RecordBatchReader } from './arrow.ts';
import { numberTypeOf } from './arrow-types.ts';
import type { NumberArrays, NumberType } from './column.ts';
import { TableError } from './error.ts';
import { damage } from './validate.ts';

/** A value of a table as JSON shows it. */
export type PlainValue = string | number | boolean | null | readonly PlainValue[];

/** Name and type of a column, e.g. `tokens`, `FixedSizeList[16]<Uint16>`. */
interface ColumnDescription {
  readonly name: string;
  readonly type: string;
}

const MAGIC = Buffer.from('ARROW1');

/**
 * A table read from an Arrow IPC file. Columns are asked for by name and type, and answered as
 * views of the file's bytes where the type allows: do not write to them.
 */
export class Table {
  readonly path: string;
  readonly count: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly columns: readonly ColumnDescription[];
  readonly #madeBy: string | undefined;
  readonly #data: ReadonlyMap<string, Data>;

  constructor(path: string, schema: Schema, data: Data, madeBy: string | undefined) {
    this.path = path;
    this.count = data.length;
    this.metadata = Object.fromEntries(schema.metadata);
    this.columns = schema.fields.map(({ name, type }) => ({ name, type: String(type) }));
    this.#madeBy = madeBy;
    this.#data = new Map(schema.fields.map(({ name }, i) => [name, data.children[i]]));
    for (const [name, column] of this.#data) {
      const problem =
        column.length === this.count ? damage(column) : `${column.length} of ${this.count} rows`;
      if (problem !== undefined) throw this.#error(`is damaged: ${problem}`, name);
    }
  }

  has(name: string): boolean {
    return this.#data.has(name);
  }

  /** A required metadata entry. */
  note(key: string): string {
    const value = this.metadata[key];
    if (value === undefined) throw this.#error(`has no metadata '${key}'`);
    return value;
  }

  /** A required metadata entry that is one of some words. */
  noteOneOf<const T extends string>(key: string, allowed: readonly T[]): T {
    const value = this.note(key);
    const word = allowed.find((one) => one === value);
    if (word === undefined) {
      throw this.#error(`has metadata '${key}' = '${value}' instead of ${allowed.join(', ')}`);
    }
    return word;
  }

  /** Numbers of exactly this type, none of them null; a view of the file. // [count] */
  numbers<T extends NumberType>(name: string, type: T): NumberArrays[T] {
    const data = this.#column(name, type);
    if (numberTypeOf(data.type) !== type) throw this.#wrongType(name, type);
    this.#expectNoNulls(name, data);
    return data.values.subarray(0, this.count) as NumberArrays[T];
  }

  /** Strings, none of them null. // [count] */
  utf8(name: string): readonly string[] {
    const data = this.#column(name, 'utf8');
    if (!DataType.isUtf8(data.type)) throw this.#wrongType(name, 'utf8');
    this.#expectNoNulls(name, data);
    return this.values(name) as readonly string[];
  }

  /** Lists of one size as one array; a view of the file. // values: [count, size] */
  fixedSizeLists<T extends NumberType>(
    name: string,
    type: T,
  ): { readonly size: number; readonly values: NumberArrays[T] } {
    const data = this.#column(name, `fixed-size lists of ${type}`);
    if (!DataType.isFixedSizeList(data.type) || numberTypeOf(data.children[0].type) !== type) {
      throw this.#wrongType(name, `fixed-size lists of ${type}`);
    }
    this.#expectNoNulls(name, data);
    const size = data.type.listSize;
    const values = data.children[0].values.subarray(0, this.count * size) as NumberArrays[T];
    return { size, values };
  }

  /** Lists of any length, each a view of the file. // [count] */
  lists<T extends NumberType>(name: string, type: T): readonly NumberArrays[T][] {
    const data = this.#column(name, `lists of ${type}`);
    if (!DataType.isList(data.type) || numberTypeOf(data.children[0].type) !== type) {
      throw this.#wrongType(name, `lists of ${type}`);
    }
    this.#expectNoNulls(name, data);
    const starts = data.valueOffsets;
    const flat = data.children[0].values as NumberArrays[T];
    return Array.from(
      { length: this.count },
      (_, row) => flat.subarray(starts[row], starts[row + 1]) as NumberArrays[T],
    );
  }

  /** Any column as plain values, `null` where there is none: for few rows and for display. */
  values(name: string, from = 0, to: number = this.count): readonly PlainValue[] {
    const data = this.#column(name, 'any');
    return Array.from({ length: Math.max(0, to - from) }, (_, i) =>
      data.getValid(from + i) ? this.#value(name, data, from + i) : null,
    );
  }

  #value(name: string, data: Data, row: number): PlainValue {
    const { type } = data;
    if (DataType.isUtf8(type)) {
      const starts = data.valueOffsets;
      return Buffer.from(data.values.subarray(starts[row], starts[row + 1])).toString('utf8');
    }
    if (DataType.isBool(type)) return (data.values[row >> 3] & (1 << (row & 7))) !== 0;
    const numeric = numberTypeOf(type);
    if (numeric !== undefined) return plainNumber(data.values[row]);
    if (DataType.isFixedSizeList(type) || DataType.isList(type)) {
      const child = data.children[0];
      const fixed = DataType.isFixedSizeList(type);
      const from = fixed ? row * type.listSize : data.valueOffsets[row];
      const to = fixed ? from + type.listSize : data.valueOffsets[row + 1];
      return Array.from({ length: to - from }, (_, i) =>
        child.getValid(from + i) ? this.#value(name, child, from + i) : null,
      );
    }
    throw this.#wrongType(name, 'a type that this program writes');
  }

  #column(name: string, wanted: string): Data {
    const data = this.#data.get(name);
    if (data === undefined) {
      const names = this.columns.map((column) => column.name).join(', ');
      throw this.#error(`is missing (wanted: ${wanted}; the file has: ${names})`, name);
    }
    return data;
  }

  #expectNoNulls(name: string, data: Data): void {
    if (data.nullCount > 0) throw this.#error(`has ${data.nullCount} empty rows`, name);
  }

  #wrongType(name: string, wanted: string): TableError {
    const type = this.columns.find((column) => column.name === name)?.type ?? 'nothing';
    return this.#error(`holds ${type} instead of ${wanted}`, name);
  }

  #error(problem: string, column?: string): TableError {
    return new TableError({
      path: this.path,
      problem,
      madeBy: this.#madeBy ?? this.metadata.madeBy,
      ...(column === undefined ? {} : { column }),
    });
  }
}

/**
 * Reads a table.
 *
 * @param madeBy the stage or program that writes this file, for the error if it cannot be read
 * @throws TableError if the file is absent, truncated or not an Arrow file of one record batch
 */
export function readTable(path: string, madeBy?: string): Table {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const problem = missing ? 'does not exist' : `cannot be read (${String(cause)})`;
    throw new TableError({ path, problem, madeBy, cause });
  }
  const head = bytes.subarray(0, MAGIC.length);
  if (!head.equals(MAGIC)) throw new TableError({ path, problem: 'is not an Arrow file', madeBy });
  if (!bytes.subarray(-MAGIC.length).equals(MAGIC) || bytes.length < 3 * MAGIC.length) {
    throw new TableError({ path, problem: 'is truncated: its end is missing', madeBy });
  }
  try {
    // Batches are read by index: iterating over a damaged file may never end.
    const reader = RecordBatchReader.from(aligned(bytes)).open();
    if (!reader.isFile()) throw new Error('not an IPC file');
    if (reader.numRecordBatches !== 1) throw new Error(`${reader.numRecordBatches} record batches`);
    const batch = reader.readRecordBatch(0);
    if (batch === null) throw new Error('its record batch is missing');
    const { data } = batch;
    return new Table(path, reader.schema, data, madeBy);
  } catch (cause) {
    if (cause instanceof TableError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TableError({ path, problem: `is damaged (${reason})`, madeBy, cause });
  }
}

/** Arrow's buffers start at multiples of 8 bytes of the file; typed arrays need that of memory. */
function aligned(bytes: Buffer): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
}

function plainNumber(value: number | bigint): PlainValue {
  if (typeof value === 'number') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}
