import { join } from 'node:path';
import { EXIT, RunError } from '../core/errors.ts';
import { suggest } from '../core/suggest.ts';
import type { Disk } from '../disk/disk.ts';
import { writeAtomically } from '../disk/write-atomically.ts';
import type { RunRecord } from './record.ts';
import type { InstanceRun } from './recorder.ts';

const ENDING = '.jsonl';

/** Ids of the runs that left a record, the oldest first. */
export function runIds(disk: Disk, folder: string): readonly string[] {
  const names = disk.list(folder).filter((name) => name.endsWith(ENDING));
  // An id may be the beginning of the next one: without endings that comes after it.
  return names.map((name) => name.slice(0, -ENDING.length)).sort();
}

export function runFile(folder: string, id: string): string {
  return join(folder, `${id}${ENDING}`);
}

/** Writes a run's file: JSON Lines, first the record, then one line per instance. */
export function writeRun(
  disk: Disk,
  folder: string,
  record: RunRecord,
  instances: Iterable<InstanceRun>,
): void {
  const lines = [JSON.stringify(record)];
  for (const instance of instances) lines.push(JSON.stringify(instance));
  writeAtomically(disk, runFile(folder, record.id), `${lines.join('\n')}\n`, { durable: true });
}

/** The latest records, the newest first; damaged ones are left out. */
export function readRunRecords(disk: Disk, folder: string, count: number): readonly RunRecord[] {
  const records: RunRecord[] = [];
  for (const id of runIds(disk, folder).toReversed()) {
    if (records.length === count) break;
    const record = readRunRecord(disk, folder, id);
    if (record !== undefined) records.push(record);
  }
  return records;
}

/** @returns `undefined` if there is none, or if it is damaged */
function readRunRecord(disk: Disk, folder: string, id: string): RunRecord | undefined {
  const [record] = readLines(disk, folder, id, 1);
  return record as RunRecord | undefined;
}

/** What became of each instance in a run; nothing where the file is gone or damaged. */
export function readRun(disk: Disk, folder: string, id: string): readonly InstanceRun[] {
  const [, ...instances] = readLines(disk, folder, id);
  return instances as readonly InstanceRun[];
}

function readLines(disk: Disk, folder: string, id: string, limit?: number): readonly unknown[] {
  try {
    const text = disk.read(runFile(folder, id))?.toString('utf8') ?? '';
    const lines = text.split('\n', limit).filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line));
  } catch {
    return [];
  }
}

/** Ids shown when there is no such run. */
const SHOWN = 10;

/** Whether a name can only mean a run. */
export function isRunName(name: string): boolean {
  return /^last(~\d+)?$/.test(name) || /^\d{8}-\d{6}(-|$)/.test(name);
}

/**
 * Finds a run by its id, by the beginning or the last part of it, or by its age: `last`, `last~1`.
 * @throws {RunError} if there is no such run, or several
 */
export function findRun(disk: Disk, folder: string, name: string): RunRecord {
  const ids = runIds(disk, folder).toReversed();
  const [, age] = /^last(?:~(\d+))?$/.exec(name) ?? [undefined, undefined];
  const byAge = name === 'last' || age !== undefined;
  const matches = byAge
    ? ids.slice(Number(age ?? 0)).slice(0, 1)
    : ids.filter((id) => id.startsWith(name) || id.endsWith(`-${name}`));
  // The beginning of other ids may be an id itself.
  const meant = matches.includes(name) ? [name] : matches;
  if (meant.length > 1) {
    const which = meant.slice(0, SHOWN).join(', ');
    throw new RunError(
      `several runs are called '${name}': ${which}`,
      'write more of it',
      EXIT.usage,
    );
  }
  const record = meant.length === 0 ? undefined : readRunRecord(disk, folder, meant[0]);
  if (record !== undefined) return record;
  const hint =
    ids.length === 0
      ? 'nothing has run yet: npx pipe run'
      : suggest(name, ids.slice(0, SHOWN), 'runs');
  throw new RunError(`there is no run '${name}'`, hint, EXIT.usage);
}
