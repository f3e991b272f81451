import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { git } from '../core/git.ts';
import type { Machine } from '../core/machine.ts';
import type { Disk } from '../disk/disk.ts';
import type { RunCounts } from '../events/events.ts';
import type { InstanceId } from '../pipeline/graph.ts';

/** Which commit is checked out, and whether files differ from it. */
export interface Commit {
  readonly commit?: string;
  readonly dirty?: boolean;
}

/** What one `pipe run` did as a whole; its table has what became of each instance. */
export interface RunRecord extends Commit {
  readonly id: string;
  /** ISO time. */
  readonly started: string;
  readonly seconds: number;
  readonly profile: string;
  readonly sets: readonly string[];
  readonly targets: readonly string[];
  readonly ok: boolean;
  readonly counts: RunCounts;
  /** Why instances failed. */
  readonly failures: Readonly<Record<InstanceId, string>>;
  readonly machine: Machine;
}

/**
 * Sorts in the order of the runs: `20261124-042305-ab12`, or `20261124-042305-ab12.00002` after a run that
 * seems to lie in the future, because the clock was put back.
 *
 * @param last id of the run before
 */
export function newRunId(now: Date = new Date(), last?: string): string {
  const [date, time] = now
    .toISOString()
    .replace(/[-:]|\..*/g, '')
    .split('T');
  const id = `${date}-${time}-${randomBytes(2).toString('hex')}`;
  if (last === undefined || id > last) return id;
  const [stem, count = '1'] = last.split('.');
  return `${stem}.${(Number(count) + 1).toString().padStart(5, '0')}`;
}

/** Id of the latest run, finished or not. */
export function lastRunId(disk: Disk, folder: string): string | undefined {
  return disk.list(folder).at(-1);
}

/** Files of one run, in a folder of its own. */
export function runFiles(folder: string, id: string) {
  const own = join(folder, id);
  return {
    folder: own,
    record: join(own, 'record.json'),
    table: join(own, 'instances.arrow'),
    trace: join(own, 'trace.json'),
  };
}

/** Comes last of a run's files: with it the run counts as recorded. */
export function writeRunRecord(disk: Disk, folder: string, record: RunRecord): void {
  disk.replace(runFiles(folder, record.id).record, `${JSON.stringify(record, undefined, 2)}\n`);
}

/** The latest records, the newest first; damaged ones are left out. */
export function readRunRecords(disk: Disk, folder: string, count: number): readonly RunRecord[] {
  const records: RunRecord[] = [];
  for (const id of disk.list(folder).toReversed()) {
    if (records.length === count) break;
    const record = readRunRecord(disk, folder, id);
    if (record !== undefined) records.push(record);
  }
  return records;
}

/** @returns `undefined` if there is none, or if it is damaged */
export function readRunRecord(disk: Disk, folder: string, id: string): RunRecord | undefined {
  try {
    const text = disk.read(runFiles(folder, id).record)?.toString('utf8');
    return text === undefined ? undefined : (JSON.parse(text) as RunRecord);
  } catch {
    return undefined;
  }
}

/** Asks git; nothing outside a repository. */
export async function describeCommit(root: string): Promise<Commit> {
  const { ok, stdout } = await git(root, 'status', ...FORMAT);
  const [, commit] = /^# branch\.oid ([0-9a-f]+)$/m.exec(stdout) ?? [];
  if (!ok || commit === undefined) return {};
  return { commit, dirty: /^[^#]/m.test(stdout) };
}

/** The commit in a line `# branch.oid <commit>`, then a line for every file that differs from it. */
const FORMAT = ['--porcelain=v2', '--branch', '--untracked-files=no'] as const;
