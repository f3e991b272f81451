import { join } from 'node:path';
import { cacheFolder } from '../core/cache-folder.ts';
import { type ActionKey, type Digest, digestText } from '../core/digest.ts';
import type { Instance, InstanceId } from '../pipeline/graph.ts';
import { escapeValue } from '../pipeline/names.ts';
import { outputName } from '../pipeline/output-files.ts';

/**
 * Where things are in a project: results in artifacts/, all else below cache/, which may be elsewhere and may
 * be deleted any time.
 */
export class Paths {
  readonly root: string;
  readonly artifacts: string;
  readonly cache: string;
  /** Results of actions: see `ActionLog`. */
  readonly actions: string;
  /** Digests of files by their stat: see `Signatures`. */
  readonly signatures: string;
  /** Plans, and which of their instances are current: see `Ledger`. */
  readonly ledgers: string;
  readonly blobs: string;
  /** Files that were fetched from elsewhere. */
  readonly downloads: string;
  readonly checkpoints: string;
  /** What instances printed. */
  readonly logs: string;
  /** A file per run: see `RunRecord`. */
  readonly runs: string;
  /** What runs did as they did it, a file per run: see `RunJournal`. */
  readonly journals: string;
  /** What stages declare, by the digest of their code. */
  readonly contracts: string;
  /** Files and packages behind the digest of a stage's code. */
  readonly manifests: string;
  /** Snapshots of the project's code, transpiled: the loader's, which prunes it. */
  readonly frozenCode: string;
  /** The runner's own sources, bundled, where it runs from a checkout: the loader's, which prunes it. */
  readonly bundles: string;
  /** Worker processes that live. */
  readonly workers: string;
  /** Where a run and its jobs on a cluster meet. */
  readonly slurm: string;
  /** What was packed for nodes that do not see this folder. */
  readonly packed: string;
  /** Private folders of attempts. */
  readonly temporary: string;
  /** The profile of the last run. */
  readonly lastProfile: string;
  readonly lock: string;

  /** @param root of the project, absolute */
  constructor(root: string) {
    this.root = root;
    this.artifacts = join(root, 'artifacts');
    this.cache = cacheFolder(root);
    this.actions = join(this.cache, 'actions.log');
    this.signatures = join(this.cache, 'signatures.log');
    this.ledgers = join(this.cache, 'ledgers');
    this.blobs = join(this.cache, 'blobs');
    this.downloads = join(this.cache, 'downloads');
    this.checkpoints = join(this.cache, 'checkpoints');
    this.logs = join(this.cache, 'logs');
    this.runs = join(this.cache, 'runs');
    this.journals = join(this.cache, 'journals');
    this.contracts = join(this.cache, 'contracts');
    this.manifests = join(this.cache, 'manifests');
    this.frozenCode = join(this.cache, 'code');
    this.bundles = join(this.cache, 'runner');
    this.workers = join(this.cache, 'workers');
    this.slurm = join(this.cache, 'slurm');
    this.packed = join(this.cache, 'packed');
    this.temporary = join(this.cache, 'tmp');
    this.lastProfile = join(this.cache, 'last-profile');
    this.lock = join(this.cache, 'lock');
  }

  /** Every folder that is written to or cleared. */
  get folders(): readonly string[] {
    return [
      this.artifacts,
      this.cache,
      this.ledgers,
      this.blobs,
      this.downloads,
      this.checkpoints,
      this.logs,
      this.runs,
      this.journals,
      this.contracts,
      this.manifests,
      this.frozenCode,
      this.bundles,
      this.workers,
      this.slurm,
      this.packed,
      this.temporary,
    ];
  }

  /** The folder that a path must not lead out of. */
  homeOf(path: string): string {
    return `${path}/`.startsWith(`${this.cache}/`) && !this.cache.startsWith(`${this.root}/`)
      ? this.cache
      : this.root;
  }

  /** Folders of cache/ in which a killed process may leave temporary files of a replacement. */
  get replacedIn(): readonly string[] {
    return [this.cache, this.ledgers, this.runs, this.contracts, this.manifests];
  }

  blob(digest: Digest): string {
    return join(this.blobs, digest.slice(0, 2), digest.slice(2));
  }

  /** A name of its own for each content, and the name that the address ends with. */
  download(url: string, sha256: string): string {
    const [last = ''] = new URL(url).pathname.split('/').slice(-1);
    const name = last.replaceAll(/[^A-Za-z0-9_.-]/g, '_').replace(/^\.+/, '');
    return join(this.downloads, sha256, name === '' ? 'download' : name.slice(-100));
  }

  checkpoint(key: ActionKey): string {
    return join(this.checkpoints, key);
  }

  log(id: InstanceId): string {
    return join(this.logs, `${fileNameOf(id)}.log`);
  }

  run(id: string): string {
    return join(this.runs, `${id}.jsonl`);
  }

  journal(run: string): string {
    return join(this.journals, `${run}.jsonl`);
  }

  ledger(declaration: string): string {
    return join(this.ledgers, declaration);
  }

  /** Lists the files of a stage's code, for `pipe explain`. */
  codeManifest(digest: string): string {
    return join(this.manifests, `${digest}.json`);
  }

  artifact(instance: Instance, output: string): string {
    // Not join: this runs for every artifact of every run, and the parts are clean.
    return `${this.root}/${instance.folder}/${outputName(instance.outputs[output])}`;
  }

  /** Relative to the project, for messages. */
  show(path: string): string {
    return path.startsWith(`${this.root}/`) ? path.slice(this.root.length + 1) : path;
  }
}

/** Bytes that leave room in a file name, of which systems allow 255. */
const LONG = 200;

/** An id as the name of a file; a long one by its beginning and its digest. */
function fileNameOf(id: InstanceId): string {
  const name = id.replace(/[^A-Za-z0-9_.+=,[\]-]/gu, (character) => escapeValue(character));
  return name.length <= LONG ? name : `${name.slice(0, LONG - 20)}~${digestText(id).slice(0, 16)}`;
}
