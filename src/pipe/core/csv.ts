/** Rows as a CSV file (RFC 4180), without a line break at its end. */
export function formatCsv(rows: Iterable<readonly unknown[]>): string {
  const lines: string[] = [];
  for (const row of rows) lines.push(row.map(formatField).join(','));
  return lines.join('\n');
}

function formatField(cell: unknown): string {
  const text = cell === null || cell === undefined ? '' : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
