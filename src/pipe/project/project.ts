import { join } from 'node:path';
import { Cache } from '../cache/cache.ts';
import { DiagnosticsError } from '../core/diagnostic.ts';
import { PROGRAM_FOLDER } from '../loader/installation.ts';
import type { Graph } from '../pipeline/graph.ts';
import { isGraph, loadGraph } from '../pipeline/load.ts';
import { DEFAULT_PROFILE } from '../pipeline/spec.ts';
import { CachedStageDirectory } from '../workers/directory.ts';
import { WorkerPool } from '../workers/pool.ts';
import { WorkerRegistry } from '../workers/worker-registry.ts';
import { ProjectState } from './project-state.ts';

/** A project with what it takes to do something about it. */
export class Project extends ProjectState {
  readonly cache: Cache;
  readonly workers: WorkerRegistry;
  readonly pool: WorkerPool;

  constructor({ snapshot, disk, codes }: ProjectState) {
    super(snapshot, disk, codes);
    this.cache = new Cache(this.root, disk);
    this.workers = new WorkerRegistry(disk, join(this.paths.cache, 'workers'));
    this.pool = new WorkerPool({
      worker: join(PROGRAM_FOLDER, 'worker.js'),
      stages: join(snapshot.folder, 'stages'),
      cwd: this.root,
      onProcess: (pid, alive) => (alive ? this.workers.add(pid) : this.workers.remove(pid)),
    });
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

  readonly codeOf = (module: string): string => {
    const code = this.codes[module];
    if (code === undefined || !('digest' in code)) throw new Error(`no code of ${module}`);
    return code.digest;
  };
}
