import { join } from 'node:path';
import { type CodeSnapshot, currentSnapshot } from '../loader/code.ts';
import type { Diagnostic, Graph } from '../pipeline/graph.ts';
import { graphSource, isGraph, loadGraph } from '../pipeline/load.ts';
import { DEFAULT_PROFILE } from '../pipeline/spec.ts';
import { Cache } from './cache.ts';
import { type StageCodes, stageCodes } from './code/digest.ts';
import { CachedStageDirectory } from './directory.ts';
import type { Disk } from './disk.ts';
import { realDisk } from './disk.ts';
import { WorkerPool } from './pool.ts';
import { WorkerRegistry } from './worker-registry.ts';

/** Mistakes of the user's in pipeline.yaml, in arguments or in stage files. */
export class DiagnosticsError extends Error {
  override readonly name = 'DiagnosticsError';
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(({ message }) => message).join('\n'));
    this.diagnostics = diagnostics;
  }
}

/** One project as one version of its code sees it. */
export class Project {
  readonly root: string;
  readonly snapshot: CodeSnapshot;
  readonly codes: StageCodes;
  readonly cache: Cache;
  readonly workers: WorkerRegistry;
  readonly pool: WorkerPool;

  constructor(snapshot: CodeSnapshot, disk: Disk = realDisk) {
    this.root = snapshot.projectRoot;
    this.snapshot = snapshot;
    this.codes = stageCodes(snapshot);
    this.cache = new Cache(this.root, disk);
    this.workers = new WorkerRegistry(disk, join(this.cache.paths.cache, 'workers'));
    this.pool = new WorkerPool({
      worker: join(snapshot.folder, 'src/runner/worker.js'),
      stages: join(snapshot.folder, 'stages'),
      cwd: this.root,
      onProcess: (pid, alive) => (alive ? this.workers.add(pid) : this.workers.remove(pid)),
    });
  }

  /** The project of the working directory, as found by the loader. */
  static current(): Project {
    const snapshot = currentSnapshot();
    if (snapshot === undefined) throw new Error('this process was not started by the loader');
    return new Project(snapshot);
  }

  /**
   * @param onLikely told what the graph most likely is, when it takes a worker to be sure
   * @throws {DiagnosticsError}
   */
  async load(
    profile: string = DEFAULT_PROFILE,
    sets: readonly string[] = [],
    onLikely?: (graph: Graph) => void,
  ): Promise<Graph> {
    const { root, cache, codes, pool } = this;
    const folder = join(cache.paths.cache, 'contracts');
    const directory = new CachedStageDirectory(cache.disk, folder, codes, pool);
    const graph = await loadGraph({ root, profile, sets, codes, directory, onLikely });
    if (!isGraph(graph)) throw new DiagnosticsError(graph);
    return graph;
  }

  /** How many instances a run without targets is about, if all are known to be current. */
  countCurrent(
    profile: string = DEFAULT_PROFILE,
    sets: readonly string[] = [],
  ): number | undefined {
    const { root, codes } = this;
    const source = graphSource({ root, profile, sets, codes });
    return source === undefined ? undefined : this.cache.known.count(source);
  }

  readonly codeOf = (module: string): string => {
    const code = this.codes[module];
    if (code === undefined || !('digest' in code)) throw new Error(`no code of ${module}`);
    return code.digest;
  };

  /** The profile of the last run; what inspecting commands show unless told otherwise. */
  lastProfile(): string {
    return this.cache.disk.read(this.#profilePath)?.toString('utf8') ?? DEFAULT_PROFILE;
  }

  rememberProfile(profile: string): void {
    if (this.lastProfile() === profile) return;
    try {
      this.cache.disk.makeFolder(this.cache.paths.cache);
      this.cache.disk.write(this.#profilePath, profile);
    } catch {
      // A convenience only.
    }
  }

  get #profilePath(): string {
    return join(this.cache.paths.cache, 'last-profile');
  }
}
