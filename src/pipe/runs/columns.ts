import type { Column } from './arrow-file.ts';

/**
 * Rows of a column: so many of one value, then others. Of a run's table most columns are the same in all rows but a
 * few: to go through it value by value takes longer than to find out what to run.
 */
export interface Rows<T> {
  readonly count: number;
  readonly value: T | null;
  readonly others: readonly (T | null)[];
}

export function texts(rows: Rows<string>): Column {
  const { count, value, others } = rows;
  const first = Buffer.from(value ?? '');
  const offsets = new Int32Array(size(rows) + 1);
  fillMultiples(offsets, count, first.length);
  const rest = fillOffsets(offsets, count, others);
  const data = Buffer.concat([Buffer.alloc(count * first.length, first), rest]);
  return { type: 'utf8', ...shape(rows, [bytesOf(offsets), data]) };
}

/** Texts that were made into a column before, none of them null, and others. */
export function moreTexts({ length, buffers }: Column, others: readonly (string | null)[]): Column {
  const [, before, data] = buffers;
  const offsets = new Int32Array(length + others.length + 1);
  bytesOf(offsets).set(before);
  const rest = fillOffsets(offsets, length, others);
  const rows = { count: length, value: '', others };
  return { type: 'utf8', ...shape(rows, [bytesOf(offsets), Buffer.concat([data, rest])]) };
}

export function integers(rows: Rows<number>): Column {
  return { type: 'int32', ...shape(rows, [bytesOf(fill(new Int32Array(size(rows)), rows))]) };
}

export function floats(rows: Rows<number>): Column {
  return { type: 'float64', ...shape(rows, [bytesOf(fill(new Float64Array(size(rows)), rows))]) };
}

export function booleans(rows: Rows<boolean>): Column {
  return { type: 'bool', ...shape(rows, [bits(rows, (value) => value === true)]) };
}

const NONE = new Uint8Array(0);

const size = ({ count, others }: Rows<unknown>) => count + others.length;

/** Arrow's numbers are little-endian, as are those of every machine that there are builds of node for but one. */
const bytesOf = ({ buffer, byteOffset, byteLength }: Int32Array | Float64Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Where texts of one width end. By itself, so that it is compiled when the first of many columns is made. */
function fillMultiples(offsets: Int32Array, count: number, width: number): void {
  for (let row = 1; row <= count; row += 1) offsets[row] = row * width;
}

/** Writes where texts end that follow others. @returns their bytes */
function fillOffsets(
  offsets: Int32Array,
  count: number,
  others: readonly (string | null)[],
): Buffer {
  const all = others.join('');
  const data = Buffer.from(all);
  // In ASCII a text has as many bytes as characters.
  const isAscii = data.length === all.length;
  let end = offsets[count];
  for (let i = 0; i < others.length; i += 1) {
    const text = others[i] ?? '';
    end += isAscii ? text.length : Buffer.byteLength(text);
    offsets[count + i + 1] = end;
  }
  return data;
}

function fill<A extends Int32Array | Float64Array>(
  into: A,
  { count, value, others }: Rows<number>,
): A {
  into.fill(value ?? 0, 0, count);
  for (const [i, other] of others.entries()) into[count + i] = other ?? 0;
  return into;
}

/** How many rows there are, and which of them hold nothing. */
function shape<T>(rows: Rows<T>, buffers: readonly Uint8Array[]): Omit<Column, 'type'> {
  const { count, value, others } = rows;
  let nullCount = value === null ? count : 0;
  for (let at = others.indexOf(null); at !== -1; at = others.indexOf(null, at + 1)) nullCount += 1;
  // The bits are left out where nothing is null.
  const valid = nullCount === 0 ? NONE : bits(rows, (one) => one !== null);
  return { length: size(rows), nullCount, buffers: [valid, ...buffers] };
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
