import { formatCsv } from '../../core/csv.ts';
import type { Shell } from './shell.ts';

/** A cell of a printed table; `null` is left blank. */
export type Cell = string | number | boolean | null;

type Rows = readonly (readonly Cell[])[];

/** Rows as lines, their columns aligned: numbers to the right. */
export function alignColumns(rows: Rows, headings: readonly string[] = []): readonly string[] {
  const texts = [
    ...(headings.length === 0 ? [] : [headings]),
    ...rows.map((row) => row.map(textOf)),
  ];
  const columns = (texts[0] ?? []).map((_, i) => ({
    width: Math.max(...texts.map((row) => row[i].length)),
    isNumeric: rows.every((row) => typeof row[i] !== 'string'),
  }));
  return texts.map((row) => {
    const cells = columns.map(({ width, isNumeric }, i) =>
      isNumeric ? row[i].padStart(width) : row[i].padEnd(width),
    );
    return cells.join('  ').trimEnd();
  });
}

/** @param rows as many cells each as there are headings */
export function printTable(shell: Shell, headings: readonly string[], rows: Rows): void {
  for (const line of alignColumns(rows, headings)) shell.out(line);
}

/** Prints a CSV file (RFC 4180). */
export function printCsv(shell: Shell, headings: readonly string[], rows: Rows): void {
  shell.out(formatCsv([headings, ...rows]));
}

export function printJson(shell: Shell, value: unknown): void {
  shell.out(JSON.stringify(value, undefined, 2));
}

function textOf(cell: Cell): string {
  // A line that ends within a cell would end its row.
  return cell === null ? '' : String(cell).replaceAll(/\r?\n/g, '\\n');
}
