import { tableFromIPC } from '../../tables/arrow.ts';
import { bool, numbers, utf8 } from '../../tables/column.ts';
import { encodeTable } from '../../tables/write.ts';
import type { ActionKey } from '../digest.ts';
import type { Disk } from '../disk.ts';
import type { Metrics } from '../metrics.ts';
import type { CurrentColumns } from '../untouched.ts';
import { type RunRecord, runFiles } from './record.ts';
import type { InstanceRun } from './recorder.ts';

/**
 * A run as an Arrow table, one row per instance; first come those that nothing was found out about. What is true of the whole run is repeated in every row: so
 * the tables of many runs put together say all there is to say.
 */
export function encodeRun(
  record: RunRecord,
  looked: readonly InstanceRun[],
  others: CurrentColumns = { instances: [], stages: [], keys: [] },
): Uint8Array {
  const instances = [
    ...others.instances.map(
      (instance, i): InstanceRun => ({
        instance,
        stage: others.stages[i],
        status: 'current',
        key: others.keys[i],
        attempts: 0,
      }),
    ),
    ...looked,
  ];
  const { id, started, profile, commit = null, dirty = null, machine } = record;
  const same = <T>(value: T): readonly T[] => instances.map(() => value);
  const text = (pick: (run: InstanceRun) => string | undefined) =>
    utf8(instances.map((run) => pick(run) ?? null));
  const float = (pick: (run: InstanceRun) => number | undefined) =>
    numbers(
      'float64',
      instances.map((run) => pick(run) ?? null),
    );
  return encodeTable({
    columns: {
      run: utf8(same(id)),
      started: utf8(same(started)),
      profile: utf8(same(profile)),
      commit: utf8(same(commit)),
      dirty: bool(same(dirty)),
      host: utf8(same(machine.host)),
      cpu: utf8(same(machine.cpu)),
      cores: numbers('int32', same(machine.cores)),
      node: utf8(same(machine.node)),
      instance: text(({ instance }) => instance),
      stage: text(({ stage }) => stage),
      status: text(({ status }) => status),
      key: text(({ key }) => key),
      attempts: numbers(
        'int32',
        instances.map(({ attempts }) => attempts),
      ),
      begin: float(({ begin }) => begin),
      seconds: float(({ seconds }) => seconds),
      cpuSeconds: float(({ cpuSeconds }) => cpuSeconds),
      peakMemory: float(({ peakMemory }) => peakMemory),
      worker: float(({ worker }) => worker),
      metrics: text(({ metrics }) => (metrics === undefined ? undefined : JSON.stringify(metrics))),
      message: text(({ message }) => message),
    },
    metadata: { madeBy: 'pipe run', run: id },
  });
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
