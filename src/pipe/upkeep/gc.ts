import { basename, join } from 'node:path';
import type { Cache } from '../cache/cache.ts';
import { sum } from '../core/collections.ts';
import type { ActionKey, Digest } from '../core/digest.ts';
import { assessAll, type CodeDigestOf } from '../current/assess.ts';
import type { Graph, InstanceId } from '../pipeline/graph.ts';
import { pendingStages } from '../pipeline/mapped.ts';
import { stageOf } from '../pipeline/names.ts';
import { readRun, readRunRecords, runIds } from '../runs/files.ts';
import { clearLeftovers } from '../session/exclusive.ts';

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
 * @param graphs of every profile; of a stage whose instances are not known all results are kept
 * @param accepted action keys in the lock file
 * @param runs number of last runs whose results are kept
 * @param dryRun count only
 */
export async function collectGarbage(
  cache: Cache,
  graphs: readonly Graph[],
  codeOf: CodeDigestOf,
  accepted: Iterable<ActionKey>,
  runs: number,
  dryRun: boolean,
): Promise<GcResult> {
  const { actions, blobs, disk, outputs: store, paths } = cache;
  const usedKeys = new Set<ActionKey>(accepted);
  const used: UsedFiles = {
    runs: Math.max(runs, KEPT_RECORDS),
    codes: new Set(),
    instances: new Set(),
    unfinished: new Set(),
    downloads: new Set(),
    isWaiting: false,
  };
  for (const { id } of readRunRecords(disk, paths.runs, runs)) {
    for (const { instance, key } of readRun(disk, paths.runs, id)) {
      used.instances.add(instance);
      if (key !== undefined) usedKeys.add(key);
    }
  }
  const pending = new Set(graphs.flatMap((graph) => [...pendingStages(graph).keys()]));
  for (const { key, instance } of pending.size === 0 ? [] : actions.records()) {
    if (!pending.has(stageOf(instance))) continue;
    used.instances.add(instance);
    usedKeys.add(key);
  }
  if (pending.size > 0) used.isWaiting = true;
  for (const { instances } of graphs) {
    for (const { id, module, raw = [] } of instances) {
      used.instances.add(id);
      for (const { source } of raw) if ('url' in source) used.downloads.add(source.sha256);
      used.codes.add(codeOf(module));
    }
    for (const assessment of (await assessAll(cache, instances, codeOf)).values()) {
      if ('outputs' in assessment) usedKeys.add(assessment.key);
      else if (assessment.state === 'outdated') used.unfinished.add(assessment.key);
      else used.isWaiting = true;
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
    freed: sum(sizes),
  };
}

/** What is in use besides blobs and action records. */
interface UsedFiles {
  /** Number of run records to keep. */
  readonly runs: number;
  /** Digests of the code of the declared stages. */
  readonly codes: Set<string>;
  readonly instances: Set<InstanceId>;
  /** Keys of instances that have to run: they may resume from a checkpoint. */
  readonly unfinished: Set<ActionKey>;
  /** SHA-256 of the files to fetch that are declared. */
  readonly downloads: Set<string>;
  /** Whether an instance waits: it has no key yet, so any checkpoint may be its own. */
  isWaiting: boolean;
}

/**
 * Removes everything else below cache/ that is no longer used. Plans are pruned by the ledger, frozen code
 * by the loader, notes of workers by every run.
 */
function pruneCache(cache: Cache, used: UsedFiles): void {
  const { actions, disk, paths } = cache;
  const removeFrom = (folder: string, isKept: (stem: string) => boolean) => {
    for (const name of disk.list(folder)) {
      if (!isKept(name.replace(/\.(json|jsonl|log)$/, ''))) disk.remove(join(folder, name));
    }
  };
  const ran = new Set<string>(used.codes);
  for (const { key } of actions.records()) {
    const { code = '', inputs = [] } = actions.fingerprint(key) ?? {};
    ran.add(code);
    // Raw data have manifests too.
    for (const input of inputs) if ('digest' in input) ran.add(input.digest);
  }
  const records = new Set(runIds(disk, paths.runs).slice(-used.runs));
  removeFrom(paths.contracts, (digest) => used.codes.has(digest));
  removeFrom(paths.manifests, (digest) => ran.has(digest));
  const logs = new Set([...used.instances].map((id) => basename(paths.log(id), '.log')));
  removeFrom(paths.logs, (name) => logs.has(name));
  removeFrom(paths.checkpoints, (key) => used.isWaiting || used.unfinished.has(key as ActionKey));
  removeFrom(paths.runs, (id) => records.has(id));
  removeFrom(paths.journals, (id) => records.has(id));
  removeFrom(paths.downloads, (digest) => used.downloads.has(digest));
  cache.pruneSignatures();
}
