import { parseQuery } from './query.ts';
import type { Cell, Table } from './table.ts';

export interface Sort {
  /** Index of a column. */
  readonly column: number;
  readonly isDescending: boolean;
}

/** Rows that a query finds, sorted; equal ones stay in the order of the table, rows without a value come last. */
export function rowsInOrder(
  table: Table,
  query: string,
  sort: Sort | undefined,
): readonly number[] {
  const isWanted = parseQuery(query, table);
  const rows: number[] = [];
  for (let row = 0; row < table.count; row += 1) if (isWanted(row)) rows.push(row);
  if (sort === undefined) return rows;
  const { values } = table.columns[sort.column];
  const sign = sort.isDescending ? -1 : 1;
  return rows.sort((a, b) => {
    const [x, y] = [values[a], values[b]];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return sign * compare(x, y);
  });
}

function compare(a: Exclude<Cell, null>, b: Exclude<Cell, null>): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return collator.compare(String(a), String(b));
}

const collator = new Intl.Collator('en', { numeric: true });
