/** A value of a table: what JSON can hold, lists as text. */
export type Cell = string | number | boolean | null;

interface Column {
  readonly name: string;
  readonly isNumeric: boolean;
  readonly values: readonly Cell[];
}

/** A table by columns. */
export interface Table {
  readonly columns: readonly Column[];
  /** Number of rows. */
  readonly count: number;
}

/** A table as a page's data holds it. */
export interface TableJson {
  readonly columns: readonly { readonly name: string; readonly values: readonly Cell[] }[];
}

export function tableOf({ columns }: TableJson): Table {
  return {
    columns: columns.map(({ name, values }) => ({ name, values, isNumeric: isNumeric(values) })),
    count: columns[0]?.values.length ?? 0,
  };
}

/** Whether there are numbers and nothing else. */
export function isNumeric(values: readonly Cell[]): boolean {
  return (
    values.every((value) => typeof value === 'number' || value === null) &&
    values.some((value) => value !== null)
  );
}

/** Six significant digits, as much as one can compare. */
export function formatCell(value: Cell): string {
  if (value === null) return '';
  if (typeof value !== 'number' || Number.isInteger(value)) return String(value);
  return String(Number(value.toPrecision(6)));
}

/** Rows as objects, for JSON. */
export function recordsOf(table: Table, rows: ArrayLike<number>): Record<string, Cell>[] {
  return Array.from(rows, (row) =>
    Object.fromEntries(table.columns.map(({ name, values }) => [name, values[row]])),
  );
}
