import { groupBy } from '../../../tables/group-by.ts';
import { columnsOf, joinTables } from '../../../tables/join.ts';
import { formatBytes, formatCount } from '../../reporters/format.ts';
import type { ReportInput } from '../input.ts';
import type { ReportedFile, ReportedResult } from '../results.ts';
import type { GenericPage } from '../site.ts';

/** Bytes of one output of all instances; weights of many models would make a report too large to send. */
const LIMIT = 6e6;

/** Bytes of all tables. */
const TOTAL = 24e6;

/** A table that the page offers. */
export interface TableEntry {
  /** `evaluate/metrics`, or `evaluate/metrics game=set` where the tables of a stage differ in their columns. */
  readonly name: string;
  readonly instances: number;
  /** Bytes. */
  readonly size: number;
  /** Rows and name of the data; or why it is not part of the report. */
  readonly content: { readonly count: number; readonly data: string } | { readonly why: string };
}

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
  const entries: TableEntry[] = [];
  const data: Record<string, Uint8Array> = {};
  let left = TOTAL;
  const contentOf = (name: string, own: readonly Source[], size: number): TableEntry['content'] => {
    if (size > Math.min(LIMIT, left)) {
      const all = formatCount(own.length, 'instance');
      return { why: `${formatBytes(size)} of ${all} are too much for a report` };
    }
    try {
      const joined = joinTables(
        own.map(({ result, file }) => ({ path: file.path, coordinates: result.instance.axes })),
      );
      if (joined === undefined) return { why: 'its columns differ between instances' };
      data[name] = joined.bytes;
      left -= size;
      return { count: joined.count, data: name };
    } catch (error) {
      return { why: `it cannot be read: ${(error as Error).message}` };
    }
  };
  for (const [output, own] of groupBy(sources, nameOf)) {
    const all = own.reduce((sum, { file }) => sum + file.size, 0);
    // Parts of what is too large would say little.
    const groups =
      all > LIMIT ? [own] : [...groupBy(own, ({ file }) => signatureOf(file)).values()];
    for (const [i, group] of groups.entries()) {
      const name = groups.length === 1 ? output : `${output} ${whereOf(group, own) || i + 1}`;
      const size = group.reduce((sum, { file }) => sum + file.size, 0);
      entries.push({
        name,
        instances: group.length,
        size,
        content: contentOf(name, group, size),
      });
    }
  }
  return {
    slug: 'tables',
    title: 'Tables',
    html: '<div data-view="tables"></div>',
    data: { ...data, [LIST]: entries as never },
  };
}

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
