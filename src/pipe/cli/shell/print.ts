import { formatCsv } from '../../core/csv.ts';
import type { Shell } from './shell.ts';

/** A cell of a printed table. */
export type Cell = string | number | boolean | null;

/**
 * Prints aligned columns below their headings, numbers to the right; `null` is left blank.
 * @param rows as many cells each as there are headings
 */
export function printTable(
  shell: Shell,
  headings: readonly string[],
  rows: readonly (readonly Cell[])[],
): void {
  const texts = rows.map((row) => row.map((cell) => (cell === null ? '' : String(cell))));
  const widths = headings.map((heading, i) =>
    Math.max(heading.length, ...texts.map((row) => row[i].length)),
  );
  const isNumeric = headings.map((_, i) => rows.every((row) => typeof row[i] !== 'string'));
  for (const cells of [headings, ...texts]) {
    const padded = cells.map((cell, i) =>
      isNumeric[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i]),
    );
    shell.out(padded.join('  ').trimEnd());
  }
}

/** Prints a CSV file (RFC 4180). */
export function printCsv(
  shell: Shell,
  headings: readonly string[],
  rows: readonly (readonly Cell[])[],
): void {
  shell.out(formatCsv([headings, ...rows]));
}

export function printJson(shell: Shell, value: unknown): void {
  shell.out(JSON.stringify(value, undefined, 2));
}
