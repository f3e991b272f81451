import { join } from 'node:path';
import type { Cache } from '../cache/cache.ts';
import type { ActionKey } from '../core/digest.ts';
import type { Assessment } from '../current/assess.ts';
import type { InstanceId } from '../pipeline/graph.ts';
import { runFile, runIds } from '../runs/files.ts';

/** Names in cache/ that earlier versions used. */
const FORMER = ['known-current', 'plans', 'stage-code', 'artifacts.index', 'blobs.index'];

/** What is in use besides blobs and action records. */
export class UsedFiles {
  /** Number of run records to keep. */
  readonly runs: number;
  /** Digests of the code of the declared stages. */
  readonly codes = new Set<string>();
  readonly instances = new Set<InstanceId>();
  /** SHA-256 of the files to fetch that are declared. */
  readonly downloads = new Set<string>();
  readonly #unfinished = new Set<ActionKey>();
  #isWaiting = false;

  constructor(runs: number) {
    this.runs = runs;
  }

  /** An instance that has to run may resume from a checkpoint. */
  addUnfinished(assessment: Assessment): void {
    if (assessment.state === 'outdated') this.#unfinished.add(assessment.key);
    else this.#isWaiting = true;
  }

  /** A waiting instance has no key yet, so any checkpoint may be its own. */
  hasCheckpoint(key: ActionKey): boolean {
    return this.#isWaiting || this.#unfinished.has(key);
  }
}

/**
 * Removes everything else below cache/ that is no longer used. Plans are pruned by the ledger, frozen code
 * by the loader, notes of workers by every run.
 */
export function pruneCache(cache: Cache, used: UsedFiles): void {
  const { actions, disk, paths } = cache;
  const removeFrom = (folder: string, isKept: (name: string) => boolean) => {
    for (const name of disk.list(folder)) if (!isKept(name)) disk.remove(join(folder, name));
  };
  removeFrom(paths.cache, (name) => !FORMER.includes(name));
  const ran = new Set<string>(used.codes);
  for (const { key } of actions.records()) {
    const { code = '', inputs = [] } = actions.fingerprint(key) ?? {};
    ran.add(code);
    // Raw data have manifests too.
    for (const input of inputs) if ('digest' in input) ran.add(input.digest);
  }
  removeFrom(paths.contracts, (name) => used.codes.has(stemOf(name)));
  removeFrom(paths.manifests, (name) => ran.has(stemOf(name)));
  removeFrom(paths.downloads, (name) => used.downloads.has(name));
  const logs = new Set([...used.instances].map((id) => paths.log(id)));
  removeFrom(paths.logs, (name) => logs.has(join(paths.logs, name)));
  removeFrom(paths.checkpoints, (name) => used.hasCheckpoint(name as ActionKey));
  const kept = runIds(disk, paths.runs).slice(-used.runs);
  const files = new Set(kept.map((id) => runFile(paths.runs, id)));
  removeFrom(paths.runs, (name) => files.has(join(paths.runs, name)));
  const journals = new Set(kept.map((id) => paths.journal(id)));
  removeFrom(paths.journals, (name) => journals.has(join(paths.journals, name)));
  cache.pruneSignatures();
}

/** Of `<digest>.json`, the digest. */
function stemOf(name: string): string {
  return name.replace(/\.json$/, '');
}
