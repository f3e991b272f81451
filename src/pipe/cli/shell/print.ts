import type { Shell } from './shell.ts';
import { type Cell, formatTable } from './table.ts';

/** Prints aligned columns below their headings. */
export function printTable(
  shell: Shell,
  headings: readonly string[],
  rows: readonly (readonly Cell[])[],
): void {
  for (const line of formatTable(headings, rows)) shell.out(line);
}

export function printJson(shell: Shell, value: unknown): void {
  shell.out(JSON.stringify(value, undefined, 2));
}
