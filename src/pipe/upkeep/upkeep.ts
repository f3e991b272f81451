import { join } from 'node:path';
import type { Cache } from '../cache/cache.ts';
import type { ActionKey, Digest } from '../core/digest.ts';
import { assessAll, type CodeDigestOf } from '../current/assess.ts';
import type { Disk } from '../disk/disk.ts';
import type { Instance } from '../pipeline/graph.ts';
import { readRunRecords } from '../runs/record.ts';
import { clearLeftovers } from '../session/leftovers.ts';

/** Something that `pipe verify` found. */
export interface Finding {
  /** Relative to the project. */
  readonly path: string;
  readonly what: 'altered' | 'missing' | 'damaged';
}

/**
 * Reads every blob, and every artifact of what is current. Finds what no stat shows: a file that was
 * changed without another size or time, a flipped bit.
 */
export async function verifyAll(
  cache: Cache,
  instances: readonly Instance[],
  codeOf: CodeDigestOf,
): Promise<{ readonly checked: number; readonly findings: readonly Finding[] }> {
  const findings: Finding[] = [];
  let checked = 0;
  for (const digest of cache.blobs.list()) {
    checked += 1;
    if ((await cache.blobs.verify(digest)) === 'sound') continue;
    findings.push({ path: cache.paths.show(cache.paths.blob(digest)), what: 'damaged' });
  }
  const found = await assessAll(cache, instances, codeOf);
  for (const instance of instances) {
    const assessment = found.get(instance.id);
    if (assessment === undefined || !('outputs' in assessment)) continue;
    for (const output of assessment.outputs) {
      checked += 1;
      const what = await cache.verify(instance, output);
      const path = cache.paths.show(cache.paths.artifact(instance, output.name));
      if (what !== 'sound') findings.push({ path, what });
    }
  }
  return { checked, findings };
}

/**
 * Removes damaged blobs, which would be found by every other look, and lets the next run look at the artifacts
 * instead of at their times; only for the holder of the lock.
 */
export function dropDamaged({ disk, known, paths }: Cache, findings: readonly Finding[]): void {
  for (const { path, what } of findings)
    if (what === 'damaged') disk.remove(join(paths.root, path));
  known.forget();
}

export interface GcResult {
  readonly actions: number;
  readonly blobs: number;
  /** Bytes. */
  readonly freed: number;
}

/**
 * Removes what neither the given graphs, nor the accepted results, nor the last runs use; only for the
 * holder of the lock.
 *
 * @param graphs instances of every profile
 * @param accepted keys that the lock file names
 * @param runs how many of the last runs to keep
 * @param pretend only count
 */
export async function collectGarbage(
  cache: Cache,
  graphs: readonly (readonly Instance[])[],
  codeOf: CodeDigestOf,
  accepted: Iterable<ActionKey>,
  runs: number,
  pretend: boolean,
): Promise<GcResult> {
  const { actions, blobs, disk, paths } = cache;
  const kept = await keysOfRuns(disk, paths.runs, runs);
  for (const key of accepted) kept.add(key);
  for (const instances of graphs) {
    for (const found of (await assessAll(cache, instances, codeOf)).values()) {
      if ('outputs' in found) kept.add(found.key);
    }
  }
  const used = new Set<Digest>();
  let dropped = 0;
  for (const { key, outputs } of actions.records()) {
    if (kept.has(key)) for (const { digest } of outputs) used.add(digest);
    else dropped += 1;
  }
  const unused = [...blobs.list()].filter((digest) => !used.has(digest));
  const freed = unused.reduce((sum, digest) => sum + (disk.stat(paths.blob(digest))?.size ?? 0), 0);
  if (!pretend) {
    // The records go first: a record without its blob is a surprise, a blob without one is not.
    actions.compact(({ key }) => kept.has(key));
    for (const digest of unused) blobs.remove(digest);
    clearLeftovers(cache);
    cache.pruneIndices();
    for (const name of disk.list(paths.runs).toReversed().slice(Math.max(runs, KEPT_RECORDS))) {
      disk.remove(`${paths.runs}/${name}`);
    }
  }
  return { actions: dropped, blobs: unused.length, freed };
}

/** Run records are small and make the history: more of them stay than of what they made. */
const KEPT_RECORDS = 500;

async function keysOfRuns(disk: Disk, folder: string, count: number): Promise<Set<ActionKey>> {
  const { readRun } = await import('../runs/table.ts');
  const keys = new Set<ActionKey>();
  for (const { id } of readRunRecords(disk, folder, count)) {
    for (const { key } of readRun(disk, folder, id)) if (key !== undefined) keys.add(key);
  }
  return keys;
}
