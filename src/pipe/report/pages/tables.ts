import { groupBy } from '../../../tables/group-by.ts';
import { columnsOf, joinTables } from '../../../tables/join.ts';
import { formatBytes, formatCount } from '../../reporters/format.ts';
import { PackedData } from '../data-script.ts';
import type { ReportInput } from '../input.ts';
import type { ReportedFile, ReportedResult } from '../results.ts';
import type { GenericPage } from '../site.ts';

/** Characters of all tables' scripts, so that a report can be sent. */
const TOTAL = 5e6;

/** Rows of a table that a browser holds with ease. */
const ROWS = 250_000;

/** Bytes and rows of the part that is shown of a table that is too large. */
const PART = { bytes: 1e6, rows: 50_000 };

/** Bytes of files that are read for one table. */
const READ = 256e6;

/** A table that the page offers. */
export interface TableEntry {
  /** `evaluate/metrics`, or `evaluate/metrics game=set` where the tables of a stage differ in their columns. */
  readonly name: string;
  readonly instances: number;
  /** Bytes. */
  readonly size: number;
  readonly content: TableContent;
}

/** Rows and name of the data, and how many rows there are where these are the first of each instance; or why none are. */
export type TableContent =
  | { readonly count: number; readonly data: string; readonly total?: number }
  | { readonly why: string; readonly isReadable: boolean };

interface Source {
  readonly result: ReportedResult;
  readonly file: ReportedFile;
}

/** Every table artifact; those of all instances of a stage are one table, with their coordinates as columns. */
export function tablesPage({ results }: ReportInput): GenericPage | undefined {
  const sources = results.flatMap((result) =>
    result.files
      .filter(({ name }) => name.endsWith('.arrow'))
      .map((file): Source => ({ result, file })),
  );
  if (sources.length === 0) return undefined;
  const groups = [...groupBy(sources, nameOf)].flatMap(([output, own]) => {
    const byColumns = [...groupBy(own, ({ file }) => signatureOf(file)).values()];
    return byColumns.map((group, i) => ({
      name: byColumns.length === 1 ? output : `${output} ${whereOf(group, own) || i + 1}`,
      group,
      size: group.reduce((sum, { file }) => sum + file.size, 0),
    }));
  });
  const data: Record<string, PackedData> = {};
  const packedAs = new Map<string, PackedTable>();
  let left = TOTAL;
  // Small ones first: one that is too large leaves the others their place.
  for (const { name, group, size } of groups.toSorted((a, b) => a.size - b.size)) {
    const table = packedTable(name, group, size, left);
    packedAs.set(name, table);
    const { packed } = table;
    if (packed === undefined) continue;
    data[name] = packed;
    left -= packed.text.length;
  }
  const entries = groups.map(({ name, group, size }): TableEntry => {
    const { content } = packedAs.get(name) ?? unreadable('it cannot be read');
    return { name, instances: group.length, size, content };
  });
  return {
    slug: 'tables',
    title: 'Tables',
    html: '<div data-view="tables"></div>',
    data: { ...data, [LIST]: entries as never },
  };
}

interface PackedTable {
  readonly content: TableContent;
  readonly packed?: PackedData;
}

function unreadable(why: string): PackedTable {
  return { content: { why, isReadable: false } };
}

/** A table of some instances as a whole or, where that is too much, the first rows of each. */
function packedTable(
  name: string,
  group: readonly Source[],
  size: number,
  left: number,
): PackedTable {
  const all = formatCount(group.length, 'instance');
  const tooMuch = {
    content: {
      why: `${formatBytes(size)} of ${all} are too much for a report`,
      isReadable: true,
    },
  };
  if (size > READ) return tooMuch;
  const parts = group.map(({ result, file }) => ({
    path: file.path,
    coordinates: result.instance.axes,
  }));
  try {
    const none = joinTables(parts, 0);
    if (none === undefined) return unreadable('its columns differ between instances');
    const { total } = none;
    const whole = total <= ROWS && size < 10 * left ? joinTables(parts) : undefined;
    if (whole !== undefined && packedLength(whole.bytes) < 1.2 * left) {
      const packed = new PackedData(whole.bytes);
      if (packed.text.length <= left) return { content: { count: total, data: name }, packed };
    }
    const rows = Math.min(PART.rows, (PART.bytes / size) * total);
    const part = joinTables(parts, Math.floor(rows / group.length));
    if (part === undefined || part.count === 0) return tooMuch;
    const packed = new PackedData(part.bytes);
    if (packed.text.length > left) return tooMuch;
    return { content: { count: part.count, total, data: name }, packed };
  } catch (error) {
    const message = (error as Error).message.replace(/[.]+$/, '');
    return unreadable(`it cannot be read: ${message}`);
  }
}

/** Characters that bytes are as a script, about: compressing what does not become smaller takes long. */
function packedLength(bytes: Uint8Array): number {
  const start = Math.max(0, (bytes.length - PIECE) >> 1);
  const piece = bytes.subarray(start, start + PIECE);
  return (new PackedData(piece).text.length / piece.length) * bytes.length;
}

/** Bytes. */
const PIECE = 1 << 18;

/** Name of the data that lists the tables: no table has it. */
const LIST = 'list';

/** A table is called by its output, or by its file in a folder. */
function nameOf({ result: { instance }, file: { output, name } }: Source): string {
  return `${instance.stage}/${name.includes('/') ? name : output}`;
}

/** What tables need to have in common to be one; a file that cannot be read says so later. */
function signatureOf({ path }: ReportedFile): string {
  try {
    return columnsOf(path);
  } catch {
    return path;
  }
}

/** Coordinates of a group that not all of the output have: `game=set|star`. */
function whereOf(group: readonly Source[], all: readonly Source[]): string {
  const valuesOf = (sources: readonly Source[], name: string) =>
    new Set(sources.map(({ result }) => result.instance.axes[name]));
  return Object.keys(group[0].result.instance.axes)
    .filter((name) => valuesOf(group, name).size < valuesOf(all, name).size)
    .map((name) => `${name}=${[...valuesOf(group, name)].slice(0, 4).join('|')}`)
    .join(', ');
}
