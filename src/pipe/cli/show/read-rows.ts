import type { Row } from '../../../tables/rows.ts';
import type { ArtifactFile } from './find-artifacts.ts';

/** Rows of several tables under each other. */
interface JoinedRows {
  readonly columns: readonly string[];
  /** At most as many as asked for. */
  readonly rows: readonly Row[];
  /** Rows of all the files. */
  readonly total: number;
}

/** Reads Arrow tables; several are told apart by the coordinates of their instances. */
export async function readRows(
  files: readonly ArtifactFile[],
  limit = Number.POSITIVE_INFINITY,
): Promise<JoinedRows> {
  // Arrow takes a quarter of a second to load.
  const { readTable } = await import('../../../tables/read.ts');
  const { rows } = await import('../../../tables/rows.ts');
  const columns = new Set<string>();
  const all: Row[] = [];
  let total = 0;
  for (const { path, axes, instance } of files) {
    const table = readTable(path, instance?.id);
    total += table.count;
    const own = new Set(table.columns.map((column) => column.name));
    // Coordinates come first; a column of the table with the same name wins.
    const coordinates = files.length === 1 ? {} : axes;
    for (const name of [...Object.keys(coordinates), ...own]) columns.add(name);
    const prefix = Object.fromEntries(
      Object.entries(coordinates).filter(([name]) => !own.has(name)),
    );
    for (const row of rows(table, 0, Math.min(table.count, limit - all.length))) {
      all.push({ ...prefix, ...row });
    }
  }
  return { columns: [...columns], rows: all, total };
}
