/** A cell of a printed table. */
export type Cell = string | number | boolean | null;

/**
 * Aligned columns, numbers to the right; `null` is left blank.
 * @param rows as many cells each as there are names
 */
export function formatTable(
  names: readonly string[],
  rows: readonly (readonly Cell[])[],
): readonly string[] {
  const texts = rows.map((row) => row.map((cell) => (cell === null ? '' : String(cell))));
  const widths = names.map((name, i) =>
    Math.max(name.length, ...texts.map((row) => row[i].length)),
  );
  const isNumeric = names.map((_, i) => rows.every((row) => typeof row[i] !== 'string'));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (isNumeric[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join('  ')
      .trimEnd();
  return [line(names), ...texts.map(line)];
}

/** A field of a CSV file (RFC 4180). */
export function formatCsvField(cell: Cell): string {
  const text = cell === null ? '' : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
