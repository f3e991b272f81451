import type { Cache } from '../cache/cache.ts';
import type { ActionKey, Digest } from '../core/digest.ts';
import { assessAll, type CodeDigestOf } from '../current/assess.ts';
import type { Instance } from '../pipeline/graph.ts';
import { readRun, readRunRecords } from '../runs/files.ts';
import { clearLeftovers } from '../session/leftovers.ts';
import { pruneCache, UsedFiles } from './prune.ts';

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
  const { actions, blobs, disk, outputs: store, paths } = cache;
  const usedKeys = new Set<ActionKey>(accepted);
  const used = new UsedFiles(Math.max(runs, KEPT_RECORDS));
  for (const { id } of readRunRecords(disk, paths.runs, runs)) {
    for (const { instance, key } of readRun(disk, paths.runs, id)) {
      used.instances.add(instance);
      if (key !== undefined) usedKeys.add(key);
    }
  }
  for (const instances of graphs) {
    for (const { id, module, raw = [] } of instances) {
      used.instances.add(id);
      for (const { source } of raw) if ('url' in source) used.downloads.add(source.sha256);
      used.codes.add(codeOf(module));
    }
    for (const assessment of (await assessAll(cache, instances, codeOf)).values()) {
      if ('outputs' in assessment) usedKeys.add(assessment.key);
      else used.addUnfinished(assessment);
    }
  }
  const usedBlobs = new Set<Digest>();
  let unusedActions = 0;
  for (const { key, outputs } of actions.records()) {
    if (!usedKeys.has(key)) unusedActions += 1;
    else for (const digest of outputs.flatMap((one) => store.blobsOf(one))) usedBlobs.add(digest);
  }
  const unusedBlobs = [...blobs.list()].filter((digest) => !usedBlobs.has(digest));
  const sizes = unusedBlobs.map((digest) => disk.stat(paths.blob(digest))?.size ?? 0);
  if (!dryRun) {
    // Records first: after a crash a blob without a record is harmless, the reverse is not.
    actions.compact(({ key }) => usedKeys.has(key));
    for (const digest of unusedBlobs) blobs.remove(digest);
    clearLeftovers(cache);
    pruneCache(cache, used);
  }
  return {
    actions: unusedActions,
    blobs: unusedBlobs.length,
    freed: sizes.reduce((sum, size) => sum + size, 0),
  };
}
