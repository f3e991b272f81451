import { tableFromIPC } from '../../tables/arrow.ts';
import type { ActionKey } from '../digest.ts';
import type { Disk } from '../disk.ts';
import type { Metrics } from '../metrics.ts';
import type { CurrentColumns } from '../untouched.ts';
import { booleans, encodeColumns, floats, integers, type Rows, texts } from './columns.ts';
import { type RunRecord, runFiles } from './record.ts';
import type { InstanceRun } from './recorder.ts';

/**
 * A run as an Arrow table, one row per instance; first come those that nothing was found out about. What is
 * true of the whole run is repeated in every row: so the tables of many runs put together say all there is to say.
 */
export function encodeRun(
  record: RunRecord,
  looked: readonly InstanceRun[],
  others: CurrentColumns = { instances: [], stages: [], keys: [] },
): Uint8Array {
  const { id, started, profile, commit = null, dirty = null, machine } = record;
  const count = others.instances.length;
  const same = <T>(value: T | null): Rows<T> => {
    return { count: count + looked.length, value, others: [] };
  };
  const each = (first: readonly string[], pick: (run: InstanceRun) => string | undefined) => {
    const values: readonly (string | null)[] = first;
    const others = values.concat(looked.map((run) => pick(run) ?? null));
    return texts({ count: 0, value: null, others });
  };
  const own = <T>(value: T | null, pick: (run: InstanceRun) => T | undefined): Rows<T> => {
    return { count, value, others: looked.map((run) => pick(run) ?? null) };
  };
  const columns = {
    run: texts(same(id)),
    started: texts(same(started)),
    profile: texts(same(profile)),
    commit: texts(same(commit)),
    dirty: booleans(same(dirty)),
    host: texts(same(machine.host)),
    cpu: texts(same(machine.cpu)),
    cores: integers(same(machine.cores)),
    node: texts(same(machine.node)),
    instance: each(others.instances, ({ instance }) => instance),
    stage: each(others.stages, ({ stage }) => stage),
    status: texts(own('current', ({ status }) => status)),
    key: each(others.keys, ({ key }) => key),
    attempts: integers(own(0, ({ attempts }) => attempts)),
    begin: floats(own(null, ({ begin }) => begin)),
    seconds: floats(own(null, ({ seconds }) => seconds)),
    cpuSeconds: floats(own(null, ({ cpuSeconds }) => cpuSeconds)),
    peakMemory: floats(own(null, ({ peakMemory }) => peakMemory)),
    worker: floats(own(null, ({ worker }) => worker)),
    metrics: texts(own(null, ({ metrics }) => metrics && JSON.stringify(metrics))),
    message: texts(own(null, ({ message }) => message)),
  };
  return encodeColumns(columns, { madeBy: 'pipe run', run: id });
}

/** What became of each instance in a run; nothing where the table is gone or damaged. */
export function readRun(disk: Disk, folder: string, id: string): readonly InstanceRun[] {
  const bytes = disk.read(runFiles(folder, id).table);
  if (bytes === undefined) return [];
  try {
    return tableFromIPC(bytes).toArray().map(readRow);
  } catch {
    return [];
  }
}

function readRow(row: Readonly<Record<string, unknown>>): InstanceRun {
  const { key, metrics } = row as { readonly key?: ActionKey; readonly metrics?: string };
  return {
    instance: String(row.instance),
    stage: String(row.stage),
    status: row.status as InstanceRun['status'],
    attempts: Number(row.attempts),
    ...(key === null || key === undefined ? {} : { key }),
    ...(typeof metrics === 'string' ? { metrics: JSON.parse(metrics) as Metrics } : {}),
    ...(typeof row.message === 'string' ? { message: row.message } : {}),
    ...present(row, ['begin', 'seconds', 'cpuSeconds', 'peakMemory', 'worker']),
  };
}

function present<K extends string>(row: Readonly<Record<string, unknown>>, names: readonly K[]) {
  return Object.fromEntries(
    names.flatMap((name) => (typeof row[name] === 'number' ? [[name, row[name]]] : [])),
  ) as { readonly [N in K]?: number };
}
