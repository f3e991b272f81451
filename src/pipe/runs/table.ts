import { tableFromIPC } from '../../tables/arrow.ts';
import type { Metrics } from '../cache/metrics.ts';
import type { ActionKey } from '../core/digest.ts';
import type { Disk } from '../disk/disk.ts';
import { runFiles } from './record.ts';
import type { InstanceRun } from './recorder.ts';

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
