import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { InstanceId } from '../pipeline/graph.ts';
import type { ActionKey } from './digest.ts';
import type { Disk } from './disk.ts';
import type { RunCounts, RunEvent } from './events.ts';
import { describeMachine, type Machine } from './machine.ts';

/** How an instance ended in a run. */
export interface InstanceRun {
  readonly status: 'ran' | 'restored' | 'failed' | 'skipped' | 'cancelled';
  readonly key?: ActionKey;
  readonly seconds?: number;
  readonly cpuSeconds?: number;
  /** Bytes. */
  readonly peakMemory?: number;
  readonly message?: string;
}

/** Which commit is checked out, and whether files differ from it. */
export interface Commit {
  readonly commit?: string;
  readonly dirty?: boolean;
}

/** What one `pipe run` did. Instances that were current and stayed so are only counted. */
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
  readonly machine: Machine;
  readonly instances: Readonly<Record<InstanceId, InstanceRun>>;
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

/** Id of the latest run. */
export function lastRunId(disk: Disk, folder: string): string | undefined {
  return idsOfRuns(disk, folder).at(-1);
}

function idsOfRuns(disk: Disk, folder: string): readonly string[] {
  const names = disk.list(folder).filter((name) => name.endsWith('.json'));
  return names.map((name) => name.slice(0, -'.json'.length)).sort();
}

/** Follows a run's events and makes its record. */
export class RunRecorder {
  readonly #instances: Record<InstanceId, InstanceRun> = {};

  note(event: RunEvent): void {
    switch (event.type) {
      case 'finished': {
        const { key, seconds, cpuSeconds, peakMemory } = event;
        this.#instances[event.instance] = { status: 'ran', key, seconds, cpuSeconds, peakMemory };
        return;
      }
      case 'failed':
        if (event.retry) return;
        this.#instances[event.instance] = { status: 'failed', message: event.failure.message };
        return;
      case 'restored':
        this.#instances[event.instance] = { status: 'restored', key: event.key };
        return;
      case 'skipped':
      case 'cancelled':
        this.#instances[event.instance] = { status: event.type };
        return;
      default:
        return;
    }
  }

  record(facts: Omit<RunRecord, 'machine' | 'instances'>): RunRecord {
    return { ...facts, machine: describeMachine(), instances: this.#instances };
  }
}

export function writeRunRecord(disk: Disk, folder: string, record: RunRecord): void {
  disk.makeFolder(folder);
  disk.replace(join(folder, `${record.id}.json`), `${JSON.stringify(record, undefined, 2)}\n`);
}

/** The latest records, the newest first; damaged ones are left out. */
export function readRunRecords(disk: Disk, folder: string, count: number): readonly RunRecord[] {
  const records: RunRecord[] = [];
  // By id: with its ending, `x.00002.json` would come before `x.json`.
  const ids = idsOfRuns(disk, folder);
  for (const id of ids.toReversed()) {
    if (records.length === count) break;
    try {
      const text = disk.read(join(folder, `${id}.json`))?.toString('utf8');
      if (text !== undefined) records.push(JSON.parse(text) as RunRecord);
    } catch {
      // Damaged.
    }
  }
  return records;
}

/** Asks git; nothing outside a repository. */
export async function describeCommit(root: string): Promise<Commit> {
  const { execa } = await import('execa');
  const git = (...args: readonly string[]) =>
    execa('git', args, { cwd: root, reject: false, timeout: 10_000, stdin: 'ignore' });
  const [head, status] = await Promise.all([
    git('rev-parse', 'HEAD'),
    git('status', '--porcelain', '--untracked-files=no'),
  ]);
  if (head.exitCode !== 0) return {};
  return { commit: head.stdout.trim(), dirty: status.stdout.trim() !== '' };
}
