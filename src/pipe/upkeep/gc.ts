import type { Cache } from '../cache/cache.ts';
import type { ActionKey, Digest } from '../core/digest.ts';
import { assessAll, type CodeDigestOf } from '../current/assess.ts';
import type { Disk } from '../disk/disk.ts';
import type { Instance } from '../pipeline/graph.ts';
import { readRunRecords } from '../runs/record.ts';
import { clearLeftovers } from '../session/leftovers.ts';

/** Run records are small: `pipe history` keeps more of them than runs whose outputs are kept. */
const KEPT_RECORDS = 500;

/** What was removed, or would be. */
interface GcResult {
  readonly actions: number;
  readonly blobs: number;
  /** Bytes. */
  readonly freed: number;
}

/**
 * Removes actions and blobs that neither the given graphs, nor the lock file, nor the last runs use.
 * Requires the project's lock.
 *
 * @param graphs the instances of every profile
 * @param accepted action keys in the lock file
 * @param runs number of last runs whose results are kept
 * @param dryRun count only
 */
export async function collectGarbage(
  cache: Cache,
  graphs: readonly (readonly Instance[])[],
  codeOf: CodeDigestOf,
  accepted: Iterable<ActionKey>,
  runs: number,
  dryRun: boolean,
): Promise<GcResult> {
  const { actions, blobs, disk, paths } = cache;
  const usedKeys = await keysOfRuns(disk, paths.runs, runs);
  for (const key of accepted) usedKeys.add(key);
  for (const instances of graphs) {
    for (const assessment of (await assessAll(cache, instances, codeOf)).values()) {
      if ('outputs' in assessment) usedKeys.add(assessment.key);
    }
  }
  const usedBlobs = new Set<Digest>();
  let unusedActions = 0;
  for (const { key, outputs } of actions.records()) {
    if (usedKeys.has(key)) for (const { digest } of outputs) usedBlobs.add(digest);
    else unusedActions += 1;
  }
  const unusedBlobs = [...blobs.list()].filter((digest) => !usedBlobs.has(digest));
  const sizes = unusedBlobs.map((digest) => disk.stat(paths.blob(digest))?.size ?? 0);
  if (!dryRun) {
    // Records first: after a crash a blob without a record is harmless, the reverse is not.
    actions.compact(({ key }) => usedKeys.has(key));
    for (const digest of unusedBlobs) blobs.remove(digest);
    clearLeftovers(cache);
    cache.pruneIndices();
    for (const name of disk.list(paths.runs).toReversed().slice(Math.max(runs, KEPT_RECORDS))) {
      disk.remove(`${paths.runs}/${name}`);
    }
  }
  return {
    actions: unusedActions,
    blobs: unusedBlobs.length,
    freed: sizes.reduce((sum, size) => sum + size, 0),
  };
}

async function keysOfRuns(disk: Disk, folder: string, count: number): Promise<Set<ActionKey>> {
  const { readRun } = await import('../runs/table.ts');
  const keys = new Set<ActionKey>();
  for (const { id } of readRunRecords(disk, folder, count)) {
    for (const { key } of readRun(disk, folder, id)) if (key !== undefined) keys.add(key);
  }
  return keys;
}
