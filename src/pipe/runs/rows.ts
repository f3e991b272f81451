import { bool, type Column, numbers, utf8 } from '../../tables/column.ts';
import { encodeTable } from '../../tables/write.ts';
import type { RunRecord } from './record.ts';
import type { InstanceRun } from './recorder.ts';

/** Columns of a run as a table, with their types. */
const COLUMNS = {
  run: 'utf8',
  started: 'utf8',
  profile: 'utf8',
  commit: 'utf8',
  dirty: 'bool',
  host: 'utf8',
  cpu: 'utf8',
  cores: 'int32',
  node: 'utf8',
  instance: 'utf8',
  stage: 'utf8',
  status: 'utf8',
  key: 'utf8',
  attempts: 'int32',
  begin: 'float64',
  seconds: 'float64',
  cpuSeconds: 'float64',
  peakMemory: 'float64',
  worker: 'float64',
  clusterNode: 'utf8',
  clusterJob: 'utf8',
  queued: 'float64',
  metrics: 'utf8',
  message: 'utf8',
} as const;

/** One instance of a run, with all that is true of the whole run. */
export type RunRow = Readonly<Record<keyof typeof COLUMNS, string | number | boolean | null>>;

/** Names of the columns, in order. */
export const RUN_COLUMNS = Object.keys(COLUMNS) as readonly (keyof RunRow)[];

/**
 * A run as a table, one row per instance. What is true of the whole run is repeated in every row: so the
 * tables of many runs put together say all there is to say.
 */
export function rowsOf(record: RunRecord, instances: readonly InstanceRun[]): readonly RunRow[] {
  const { id: run, started, profile, commit = null, dirty = null, machine } = record;
  const { host, cpu, cores, node } = machine;
  const same = { run, started, profile, commit, dirty, host, cpu, cores, node };
  return instances.map(({ spans: _, frames: __, metrics, host: place, ...own }) => ({
    ...NOTHING,
    ...same,
    ...own,
    ...(place === undefined
      ? {}
      : { clusterNode: place.node, clusterJob: place.job, queued: place.queued }),
    metrics: metrics === undefined ? null : JSON.stringify(metrics),
  }));
}

const NOTHING = Object.fromEntries(RUN_COLUMNS.map((name) => [name, null])) as Readonly<
  Record<keyof RunRow, null>
>;

/** The table as an Arrow IPC file. */
export function encodeRun(record: RunRecord, instances: readonly InstanceRun[]): Uint8Array {
  const rows = rowsOf(record, instances);
  const columns = RUN_COLUMNS.map((name): readonly [string, Column] => {
    const type = COLUMNS[name];
    const values = rows.map((row) => row[name]) as never[];
    if (type === 'utf8') return [name, utf8(values)];
    return [name, type === 'bool' ? bool(values) : numbers(type, values)];
  });
  const metadata = { madeBy: 'pipe run', run: record.id };
  return encodeTable({ columns: Object.fromEntries(columns), metadata });
}
