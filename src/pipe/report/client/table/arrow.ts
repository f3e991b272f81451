import { DataType, tableFromIPC, type Vector } from 'apache-arrow';
import { type Cell, isNumeric, type Table } from './table.ts';

/** A table of an Arrow IPC file. */
export function readArrow(bytes: Uint8Array): Table {
  const table = tableFromIPC(bytes);
  const columns = table.schema.fields.map(({ name, type }, i) => {
    const vector = table.getChildAt(i) as Vector;
    const show =
      DataType.isFloat(type) && type.precision === 1 ? shortest : (value: number) => value;
    const values = Array.from(vector, (value: unknown) => cellOf(value, show));
    return { name, values, isNumeric: isNumeric(values) };
  });
  return { columns, count: table.numRows };
}

function cellOf(value: unknown, show: (value: number) => number): Cell {
  switch (typeof value) {
    case 'number':
      // JSON lacks the others.
      return Number.isFinite(value) ? show(value) : String(value);
    case 'bigint':
      return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
    case 'string':
    case 'boolean':
      return value;
    default:
      if (value === null || value === undefined) return null;
      return JSON.stringify(Array.from(value as Iterable<unknown>, (item) => cellOf(item, show)));
  }
}

/** The shortest decimal that names a number of 32 bits. */
function shortest(value: number): number {
  for (let digits = 1; digits < 9; digits += 1) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}
