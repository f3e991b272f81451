import type { Cache } from '../cache.ts';
import { encodeRun, type UntouchedRows } from './encode.ts';
import { type RunRecord, runFiles, writeRunRecord } from './record.ts';
import type { RunRecorder } from './recorder.ts';
import { formatTrace } from './trace.ts';

export { encodeUntouched } from './encode.ts';

/** Writes down what a run did: what is read first comes last, so that the rest is there then. */
export function writeRun(
  { disk, paths }: Pick<Cache, 'disk' | 'paths'>,
  record: RunRecord,
  { instances, spans }: RunRecorder,
  untouched: UntouchedRows,
): void {
  const { folder, table, trace } = runFiles(paths.runs, record.id);
  disk.makeFolder(folder);
  disk.replace(table, encodeRun(record, untouched, instances));
  disk.write(trace, formatTrace(record, spans));
  writeRunRecord(disk, paths.runs, record);
}
