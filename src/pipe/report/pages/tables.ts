import { groupBy } from '../../../tables/group-by.ts';
import { joinTables } from '../../../tables/join.ts';
import { formatBytes, formatCount } from '../../reporters/format.ts';
import type { ReportInput } from '../input.ts';
import type { ReportedFile, ReportedResult } from '../results.ts';
import type { GenericPage } from '../site.ts';

/** Bytes of one output of all instances; weights of many models would make a report too large to send. */
const LIMIT = 6e6;

/** A table that the page offers. */
export interface TableEntry {
  /** `evaluate/metrics`, or `evaluate[seed=1]/metrics` where the tables of a stage differ in their columns. */
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
  const byOutput = groupBy(sources, ({ result, file }) => nameOf(result.instance.stage, file));
  const add = (name: string, own: readonly Source[]): boolean => {
    const size = own.reduce((sum, { file }) => sum + file.size, 0);
    const entry = { name, instances: own.length, size };
    if (size > LIMIT) {
      const why = `${formatBytes(size)} of ${formatCount(own.length, 'instance')} are too much for a report`;
      entries.push({ ...entry, content: { why } });
      return true;
    }
    try {
      const joined = joinTables(
        own.map(({ result, file }) => ({ path: file.path, coordinates: result.instance.axes })),
      );
      if (joined === undefined) return false;
      data[name] = joined.bytes;
      entries.push({ ...entry, content: { count: joined.count, data: name } });
    } catch (error) {
      const why = `it cannot be read: ${(error as Error).message}`;
      entries.push({ ...entry, content: { why } });
    }
    return true;
  };
  for (const [name, own] of byOutput) {
    if (add(name, own)) continue;
    for (const source of own) add(nameOf(source.result.instance.id, source.file), [source]);
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
function nameOf(owner: string, { output, name }: ReportedFile): string {
  return name.includes('/') ? `${owner}/${name}` : `${owner}/${output}`;
}
