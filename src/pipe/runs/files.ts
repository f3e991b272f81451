import type { Cache } from '../cache/cache.ts';
import { replaceMeanwhile } from '../disk/disk.ts';
import { encodeRun, type UntouchedRows } from './encode.ts';
import { type RunRecord, runFiles, writeRunRecord } from './record.ts';
import type { RunRecorder } from './recorder.ts';
import { formatTrace } from './trace.ts';

export { encodeUntouched } from './encode.ts';

/**
 * Writes down what a run did: what is read first comes last, so that the rest is there then. Waits for the disk most of
 * the time.
 */
export async function writeRun(
  { disk, paths }: Pick<Cache, 'disk' | 'paths'>,
  record: RunRecord,
  { instances, spans }: RunRecorder,
  untouched: UntouchedRows,
): Promise<void> {
  const { folder, table, trace } = runFiles(paths.runs, record.id);
  disk.makeFolder(folder);
  disk.write(trace, formatTrace(record, spans));
  await replaceMeanwhile(disk, table, encodeRun(record, untouched, instances));
  writeRunRecord(disk, paths.runs, record);
}
