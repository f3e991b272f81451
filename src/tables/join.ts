import { readFileSync } from 'node:fs';
import type {
  RecordBatch as Batch,
  Data,
  DataType as DataTypeOf,
  Field as FieldOf,
} from 'apache-arrow';
import {
  DataType,
  Field,
  Float64,
  makeData,
  RecordBatch,
  RecordBatchReader,
  Schema,
  Struct,
  Table,
  tableToIPC,
  Utf8,
} from './arrow.ts';

/** A table and what tells its rows from those of other tables, e.g. `{ model: 'small', seed: 1 }`. */
export interface TablePart {
  readonly path: string;
  readonly coordinates: Readonly<Record<string, string | number>>;
}

/** Several tables under each other. */
export interface JoinedTable {
  /** An Arrow IPC file with a record batch per part. */
  readonly bytes: Uint8Array;
  readonly count: number;
  /** Rows of all parts, also of those of which only the first were asked for. */
  readonly total: number;
  readonly columns: readonly string[];
}

/**
 * Puts tables of equal columns under each other, the coordinates of each as columns before its own; a column of the
 * table of the same name wins. Texts that a file holds by dictionary are written out.
 *
 * @param most rows of each part, its first ones; by default all
 * @returns `undefined` if the columns differ
 * @throws if a file is no Arrow file
 */
export function joinTables(
  parts: readonly TablePart[],
  most = Number.POSITIVE_INFINITY,
): JoinedTable | undefined {
  const all = parts.map(({ path, coordinates }) => ({ batches: readBatches(path), coordinates }));
  const [first] = all;
  const own = first.batches.schema.fields.map(withoutDictionary);
  if (
    all.some(
      ({ batches }) =>
        signatureOf(batches.schema.fields.map(withoutDictionary)) !== signatureOf(own),
    )
  ) {
    return undefined;
  }
  const names = [...new Set(parts.flatMap(({ coordinates }) => Object.keys(coordinates)))].filter(
    (name) => !own.some((field) => field.name === name),
  );
  const added = names.map((name) => {
    const isText = parts.some(({ coordinates }) => typeof coordinates[name] === 'string');
    return new Field(name, isText ? new Utf8() : new Float64(), true);
  });
  const fields = [...added, ...own];
  const schema = new Schema(fields);
  const batches = all.flatMap(({ batches: { list }, coordinates }) =>
    firstRows(list, most).map((batch) => {
      const constants = added.map(({ name, type }) =>
        constant(type, coordinates[name] ?? null, batch.numRows),
      );
      const children = [...constants, ...batch.data.children.map(writtenOut)];
      const type = new Struct(fields);
      return new RecordBatch(
        schema,
        makeData({ type, length: batch.numRows, nullCount: 0, children }),
      );
    }),
  );
  return {
    bytes: tableToIPC(new Table(schema, batches), 'file'),
    count: rowsOf(batches),
    total: all.reduce((sum, { batches: { list } }) => sum + rowsOf(list), 0),
    columns: fields.map(({ name }) => name),
  };
}

function rowsOf(batches: readonly Batch[]): number {
  return batches.reduce((sum, batch) => sum + batch.numRows, 0);
}

function firstRows(batches: readonly Batch[], most: number): readonly Batch[] {
  let left = most;
  return batches.flatMap((batch) => {
    const taken = Math.min(left, batch.numRows);
    left -= taken;
    if (taken === batch.numRows) return [batch];
    return taken === 0 ? [] : [batch.slice(0, taken)];
  });
}

/**
 * Names and types of a table's columns: tables of which these are equal can be joined.
 * @throws if it is no Arrow file
 */
export function columnsOf(path: string): string {
  return signatureOf(openTable(path).schema.fields.map(withoutDictionary));
}

function signatureOf(fields: readonly FieldOf[]): string {
  return fields.map(({ name, type }) => `${name} ${type}`).join('\n');
}

function openTable(path: string) {
  const reader = RecordBatchReader.from(new Uint8Array(readFileSync(path))).open();
  if (!reader.isFile()) throw new Error(`${path} is not an Arrow file`);
  return reader;
}

function readBatches(path: string) {
  const reader = openTable(path);
  // Batches are read by index: iterating over a damaged file may never end.
  const list: Batch[] = [];
  for (let i = 0; i < reader.numRecordBatches; i += 1) {
    const batch = reader.readRecordBatch(i);
    if (batch === null) throw new Error(`${path}: a record batch is missing`);
    list.push(batch);
  }
  return { schema: reader.schema, list };
}

function withoutDictionary({ name, type }: FieldOf): FieldOf {
  // A column without empty rows in one file may have some in another.
  return new Field(name, DataType.isDictionary(type) ? new Utf8() : type, true);
}

function writtenOut(data: Data): Data {
  if (!DataType.isDictionary(data.type)) return data;
  const { dictionary, values } = data;
  return texts(
    Array.from({ length: data.length }, (_, row) =>
      data.getValid(row) ? String(dictionary?.get(values[row])) : null,
    ),
  );
}

function constant(type: DataTypeOf, value: string | number | null, length: number): Data {
  if (DataType.isUtf8(type)) {
    return texts(Array(length).fill(value === null ? null : String(value)));
  }
  const data = new Float64Array(length).fill(Number(value));
  return makeData({ type: new Float64(), length, data, ...validity(data, () => value !== null) });
}

function texts(values: readonly (string | null)[]): Data {
  const all = values.map((value) => Buffer.from(value ?? '', 'utf8'));
  const valueOffsets = new Int32Array(values.length + 1);
  for (const [i, { length }] of all.entries()) valueOffsets[i + 1] = valueOffsets[i] + length;
  return makeData({
    type: new Utf8(),
    length: values.length,
    valueOffsets,
    data: Buffer.concat(all),
    ...validity(values, (value) => value !== null),
  });
}

function validity<T>(values: ArrayLike<T>, isValid: (value: T) => boolean) {
  const nullBitmap = new Uint8Array((values.length + 7) >> 3);
  let nullCount = values.length;
  for (let row = 0; row < values.length; row += 1) {
    if (!isValid(values[row])) continue;
    nullBitmap[row >> 3] |= 1 << (row & 7);
    nullCount -= 1;
  }
  return { nullCount, nullBitmap };
}
