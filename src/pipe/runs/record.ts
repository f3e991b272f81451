import { randomBytes } from 'node:crypto';
import { git } from '../core/git.ts';
import type { Machine } from '../core/machine.ts';
import type { RunCounts } from '../events/events.ts';
import type { InstanceId } from '../pipeline/graph.ts';

/** Which commit is checked out, and whether files differ from it. */
export interface Commit {
  readonly commit?: string;
  readonly dirty?: boolean;
}

/** What one `pipe run` did as a whole. */
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
 * @param last id of the run before, if there is one
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

/** Asks git; nothing outside a repository. */
export async function describeCommit(root: string): Promise<Commit> {
  const { ok, stdout } = await git(root, 'status', ...FORMAT);
  const [, commit] = /^# branch\.oid ([0-9a-f]+)$/m.exec(stdout) ?? [];
  if (!ok || commit === undefined) return {};
  return { commit, dirty: /^[^#]/m.test(stdout) };
}

/** The commit in a line `# branch.oid <commit>`, then a line for every file that differs from it. */
const FORMAT = ['--porcelain=v2', '--branch', '--untracked-files=no'] as const;
