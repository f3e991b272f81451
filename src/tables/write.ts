import { writeFileSync } from 'node:fs';
import type { Data, DataType, Field as FieldOf } from 'apache-arrow';
import {
  Bool,
  Field,
  FixedSizeList,
  List,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableToIPC,
  Utf8,
} from './arrow.ts';
import { arrowNumber } from './arrow-types.ts';
import { type Column, type NumberArray, type NumberType, zeros } from './column.ts';

/** A table to write: columns of one length, in order, and string metadata. */
interface TableContent {
  readonly columns: Readonly<Record<string, Column>>;
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Writes an Arrow IPC file with one record batch. The bytes depend on the content alone, metadata
 * in the order given.
 */
export function writeTable(path: string, content: TableContent): void {
  writeFileSync(path, encodeTable(content));
}

/** The bytes that `writeTable` writes. */
export function encodeTable({ columns, metadata = {} }: TableContent): Uint8Array {
  const names = Object.keys(columns);
  const children = names.map((name) => columnData(columns[name]));
  const count = children[0]?.length ?? 0;
  const fields = names.map((name, i) => {
    const child = children[i];
    if (child.length !== count) {
      throw new RangeError(
        `column '${name}' has ${child.length} rows, column '${names[0]}' has ${count}`,
      );
    }
    return new Field(name, child.type, child.nullCount > 0);
  });
  const schema = new Schema(fields, new Map(Object.entries(metadata)));
  const data = makeData({
    type: new Struct(fields),
    length: count,
    nullCount: 0,
    children,
  });
  return tableToIPC(new Table(schema, [new RecordBatch(schema, data)]), 'file');
}

function columnData(column: Column): Data {
  switch (column.kind) {
    case 'utf8':
      return utf8Data(column.values);
    case 'bool':
      return boolData(column.values);
    case 'number': {
      const { values, nulls } = column;
      return makeData({
        ...numberData(column.type, values),
        ...validity(values.length, (row) => !nulls.has(row)),
      });
    }
    case 'fixedSizeList':
      return makeData({
        type: new FixedSizeList(column.size, itemField(arrowNumber(column.type))),
        length: column.values.length / column.size,
        nullCount: 0,
        child: makeData(numberData(column.type, column.values)),
      });
    case 'list':
      return listData(column.type, column.values);
  }
}

function numberData(type: NumberType, values: NumberArray) {
  return { type: arrowNumber(type), length: values.length, nullCount: 0, data: values as never };
}

function utf8Data(values: readonly (string | null)[]): Data {
  const { rows, data } = encodeTexts(values.map((value) => value ?? ''));
  return makeData({
    type: new Utf8(),
    length: values.length,
    ...validity(values.length, (row) => values[row] !== null),
    valueOffsets: offsets(rows),
    data,
  });
}

function encodeTexts(texts: readonly string[]) {
  const all = texts.join('');
  const data = Buffer.from(all, 'utf8');
  // In ASCII, which most columns are, a text has as many bytes as characters.
  if (data.length === all.length) return { rows: texts, data };
  const rows = texts.map((text) => Buffer.from(text, 'utf8'));
  return { rows, data: Buffer.concat(rows) };
}

function boolData(values: readonly (boolean | null)[]): Data {
  return makeData({
    type: new Bool(),
    length: values.length,
    ...validity(values.length, (row) => values[row] !== null),
    data: packBits(values.length, (row) => values[row] === true),
  });
}

function listData(type: NumberType, values: readonly NumberArray[]): Data {
  const starts = offsets(values);
  const flat = zeros(type, starts[values.length]);
  // The constructors of Column ensure that every row has the array type of `type`.
  values.forEach((row, i) => {
    flat.set(row as never, starts[i]);
  });
  return makeData({
    type: new List(itemField(arrowNumber(type))),
    length: values.length,
    nullCount: 0,
    valueOffsets: starts,
    child: makeData(numberData(type, flat)),
  });
}

function itemField<T extends DataType>(type: T): FieldOf<T> {
  return new Field('item', type, false);
}

function offsets(rows: readonly { readonly length: number }[]): Int32Array {
  const starts = new Int32Array(rows.length + 1);
  rows.forEach((row, i) => {
    starts[i + 1] = starts[i] + row.length;
  });
  return starts;
}

function validity(count: number, isValid: (row: number) => boolean) {
  let nullCount = 0;
  for (let row = 0; row < count; row++) if (!isValid(row)) nullCount++;
  // Arrow leaves the bitmap out where nothing is null.
  return nullCount === 0 ? { nullCount } : { nullCount, nullBitmap: packBits(count, isValid) };
}

function packBits(count: number, bit: (row: number) => boolean): Uint8Array {
  const bits = new Uint8Array((count + 7) >> 3);
  for (let row = 0; row < count; row++) if (bit(row)) bits[row >> 3] |= 1 << (row & 7);
  return bits;
}
