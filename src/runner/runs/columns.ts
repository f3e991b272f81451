import type { Data } from 'apache-arrow';
import {
  Bool,
  Field,
  Float64,
  Int32,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableToIPC,
  Utf8,
} from '../../tables/arrow.ts';

/**
 * A column: so many rows of one value, then others. Of a run's table most columns are the same in all rows but a
 * few: to go through it value by value takes longer than to find out what to run.
 */
export interface Rows<T> {
  readonly count: number;
  readonly value: T | null;
  readonly others: readonly (T | null)[];
}

export function texts(rows: Rows<string>): Data {
  const { count, value, others } = rows;
  const first = Buffer.from(value ?? '');
  const width = first.length;
  const all = others.join('');
  const data = Buffer.concat([Buffer.alloc(count * width, first), Buffer.from(all)]);
  // In ASCII a text has as many bytes as characters.
  const isAscii = data.length === count * width + all.length;
  const valueOffsets = new Int32Array(count + others.length + 1);
  for (let row = 1; row <= count; row += 1) valueOffsets[row] = row * width;
  let end = count * width;
  for (let i = 0; i < others.length; i += 1) {
    const text = others[i] ?? '';
    end += isAscii ? text.length : Buffer.byteLength(text);
    valueOffsets[count + i + 1] = end;
  }
  return makeData({ type: new Utf8(), ...shape(rows), valueOffsets, data });
}

export function integers(rows: Rows<number>): Data {
  return makeData({
    type: new Int32(),
    ...shape(rows),
    data: fill(new Int32Array(size(rows)), rows),
  });
}

export function floats(rows: Rows<number>): Data {
  const data = fill(new Float64Array(size(rows)), rows);
  return makeData({ type: new Float64(), ...shape(rows), data });
}

export function booleans(rows: Rows<boolean>): Data {
  const data = bits(rows, (value) => value === true);
  return makeData({ type: new Bool(), ...shape(rows), data });
}

/** An Arrow IPC file with one record batch. */
export function encodeColumns(
  columns: Readonly<Record<string, Data>>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const children = Object.values(columns);
  const fields = Object.keys(columns).map(
    (name) => new Field(name, columns[name].type, columns[name].nullCount > 0),
  );
  const schema = new Schema(fields, new Map(Object.entries(metadata)));
  const { length } = children[0];
  const data = makeData({ type: new Struct(fields), length, nullCount: 0, children });
  return tableToIPC(new Table(schema, [new RecordBatch(schema, data)]), 'file');
}

const size = ({ count, others }: Rows<unknown>) => count + others.length;

function fill<A extends Int32Array | Float64Array>(
  into: A,
  { count, value, others }: Rows<number>,
): A {
  into.fill(value ?? 0, 0, count);
  for (const [i, other] of others.entries()) into[count + i] = other ?? 0;
  return into;
}

/** How many rows there are, and which of them hold nothing. */
function shape<T>(rows: Rows<T>) {
  const { count, value, others } = rows;
  let nullCount = value === null ? count : 0;
  for (let at = others.indexOf(null); at !== -1; at = others.indexOf(null, at + 1)) nullCount += 1;
  const length = size(rows);
  // Arrow leaves the bitmap out where nothing is null.
  if (nullCount === 0) return { length, nullCount };
  return { length, nullCount, nullBitmap: bits(rows, (one) => one !== null) };
}

function bits<T>(rows: Rows<T>, isSet: (value: T | null) => boolean): Uint8Array {
  const { count, value, others } = rows;
  const bytes = new Uint8Array((size(rows) + 7) >> 3);
  if (isSet(value)) {
    bytes.fill(0xff, 0, count >> 3);
    if (count % 8 > 0) bytes[count >> 3] = (1 << (count % 8)) - 1;
  }
  for (const [i, other] of others.entries()) {
    if (isSet(other)) bytes[(count + i) >> 3] |= 1 << ((count + i) & 7);
  }
  return bytes;
}
