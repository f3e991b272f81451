import type { ActionKey } from '../core/digest.ts';
import type { Disk } from '../disk/disk.ts';
import type { Paths } from '../disk/paths.ts';
import type { Progress } from '../pipeline/contract.ts';
import type { InstanceId } from '../pipeline/graph.ts';
import { type JournalEntry, parseJournal } from './journal.ts';

/** How the numbers worth watching of one instance went while it ran. */
export interface Curve {
  /** What is counted: `step`. */
  readonly unit: string;
  readonly steps: readonly number[];
  /** Milliseconds since 1970. */
  readonly times: readonly number[];
  /** By name, as many as there are steps; `null` where a report lacked one. */
  readonly values: Readonly<Record<string, readonly (number | null)[]>>;
}

/** Journals that are read at most, the newest first. */
const RUNS = 100;

/**
 * The curves of results, from the journals of the runs that made them; nothing of those whose stage reported no values
 * or whose journal is gone.
 */
export function readCurves(
  disk: Disk,
  paths: Paths,
  keys: ReadonlySet<ActionKey>,
): ReadonlyMap<ActionKey, Curve> {
  const curves = new Map<ActionKey, Curve>();
  const open = new Set(keys);
  for (const run of journalIds(disk, paths).toReversed().slice(0, RUNS)) {
    if (open.size === 0) break;
    const text = disk.read(paths.journal(run))?.toString('utf8') ?? '';
    for (const [key, points] of pointsByKey(parseJournal(text), open)) {
      open.delete(key);
      const curve = curveOf(points);
      if (curve !== undefined) curves.set(key, curve);
    }
  }
  return curves;
}

/** Ids of the runs that left a journal, the oldest first. */
export function journalIds(disk: Disk, paths: Paths): readonly string[] {
  const names = disk.list(paths.journals).filter((name) => name.endsWith('.jsonl'));
  return names.map((name) => name.slice(0, -'.jsonl'.length)).sort();
}

interface Point {
  readonly at: number;
  readonly progress: Progress;
}

function pointsByKey(entries: readonly JournalEntry[], wanted: ReadonlySet<ActionKey>) {
  const running = new Map<InstanceId, Point[]>();
  const byKey = new Map<ActionKey, readonly Point[]>();
  for (const entry of entries) {
    switch (entry.type) {
      case 'started':
        running.set(entry.instance, []);
        break;
      case 'progress':
        running.get(entry.instance)?.push({ at: entry.at, progress: entry.progress });
        break;
      case 'finished':
        if (wanted.has(entry.key)) byKey.set(entry.key, running.get(entry.instance) ?? []);
        running.delete(entry.instance);
    }
  }
  return byKey;
}

function curveOf(points: readonly Point[]): Curve | undefined {
  const own = points.filter(({ progress }) => progress.values !== undefined);
  const names = new Set(own.flatMap(({ progress }) => Object.keys(progress.values ?? {})));
  if (names.size === 0) return undefined;
  return {
    unit: own[0].progress.unit,
    steps: own.map(({ progress }) => progress.done),
    times: own.map(({ at }) => at),
    values: Object.fromEntries(
      [...names].map((name) => [name, own.map(({ progress }) => progress.values?.[name] ?? null)]),
    ),
  };
}
