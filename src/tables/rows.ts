import type { PlainValue, Table } from './read.ts';

/** One row of a table as a plain object that JSON can hold. */
export type Row = Readonly<Record<string, PlainValue>>;

/**
 * Rows `from` (included) to `to` (excluded) for display: 64-bit integers as numbers when exact and
 * as decimal strings otherwise, float32 as the shortest decimal that names it, numbers that JSON
 * lacks as the strings `NaN`, `Infinity`, `-Infinity`.
 */
export function rows(table: Table, from = 0, to: number = table.count): readonly Row[] {
  const end = Math.min(to, table.count);
  const columns = table.columns.map(({ name, type }) => {
    const show = type.includes('Float32') ? shortestFloat32 : (value: number) => value;
    return { name, values: table.values(name, from, end).map((value) => display(value, show)) };
  });
  return Array.from({ length: Math.max(0, end - from) }, (_, row) =>
    Object.fromEntries(columns.map(({ name, values }) => [name, values[row]])),
  );
}

function display(value: PlainValue, show: (value: number) => number): PlainValue {
  if (typeof value === 'number') return Number.isFinite(value) ? show(value) : String(value);
  return Array.isArray(value) ? value.map((item: PlainValue) => display(item, show)) : value;
}

function shortestFloat32(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}
