import { type Column, type NumberType, numbers, utf8 } from './column.ts';
import { readTable } from './read.ts';
import { rows } from './rows.ts';
import { writeTable } from './write.ts';

/** Column types of a table whose rows are records of `R`, in the order of the columns. */
export type RowTypes<R> = { readonly [K in keyof R]-?: 'utf8' | NumberType };

/** Writes records as an Arrow table; an absent value is null. */
export function writeRows<R extends object>(
  path: string,
  types: RowTypes<R>,
  records: readonly R[],
): void {
  const columns = Object.fromEntries(
    (Object.keys(types) as (keyof R & string)[]).map((name): readonly [string, Column] => {
      const values = records.map((record) => (record[name] ?? null) as never);
      const type = types[name];
      return [name, type === 'utf8' ? utf8(values) : numbers(type, values)];
    }),
  );
  writeTable(path, { columns });
}

/**
 * Reads records that `writeRows` wrote; null is `undefined`.
 *
 * @throws TableError if a column is missing
 */
export function readRows<R extends object>(path: string, types: RowTypes<R>): readonly R[] {
  const table = readTable(path);
  for (const name of Object.keys(types)) table.values(name, 0, 0);
  // Rows have texts for infinities and NaN.
  const isNumber = (name: string) => name in types && types[name as keyof R] !== 'utf8';
  return rows(table).map((row) => {
    const present = Object.entries(row).filter(([, value]) => value !== null);
    return Object.fromEntries(
      present.map(([name, value]) => [name, isNumber(name) ? Number(value) : value]),
    ) as R;
  });
}
