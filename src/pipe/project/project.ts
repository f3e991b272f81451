import { join } from 'node:path';
import { Cache } from '../cache/cache.ts';
import { stageModules } from '../code/stage-modules.ts';
import { type Diagnostic, DiagnosticsError } from '../core/diagnostic.ts';
import { CachedTables } from '../current/axis-tables.ts';
import { commandCodes } from '../inputs/command-codes.ts';
import { PROGRAM_FOLDER } from '../loader/installation.ts';
import { PIPELINE_FILE, type PipelineFiles, readPipelineFiles } from '../pipeline/files.ts';
import type { Commands, Graph } from '../pipeline/graph.ts';
import { isGraph, loadGraph } from '../pipeline/load.ts';
import { DEFAULT_PROFILE, type PipelineSpec } from '../pipeline/spec.ts';
import { codeOfWorker } from '../workers/fresh-code.ts';
import { Guardian } from '../workers/guardian.ts';
import { WorkerPool } from '../workers/pool.ts';
import { StageContracts } from '../workers/stage-contracts.ts';
import { WorkerRegistry } from '../workers/worker-registry.ts';
import { ProjectState } from './project-state.ts';

/** A project with its cache and workers. */
export class Project extends ProjectState {
  readonly cache: Cache;
  readonly workers: WorkerRegistry;
  readonly pool: WorkerPool;

  constructor({ snapshot, disk, codes, ledgers, surroundings }: ProjectState) {
    super(snapshot, disk, codes, ledgers, surroundings);
    this.cache = new Cache(this.root, disk, undefined, surroundings);
    this.workers = new WorkerRegistry(disk, this.paths.workers);
    const guardian = new Guardian();
    this.pool = new WorkerPool({
      programs: PROGRAM_FOLDER,
      stages: join(snapshot.folder, 'stages'),
      cwd: this.root,
      modulesOf: (module) => stageModules(snapshot, this.codes[module]),
      onProcess: (pid, alive) => {
        guardian.note(pid, alive);
        if (alive) return this.workers.add(pid);
        this.workers.remove(pid);
        // Nobody waits for it; what is left is removed by the next run.
        disk.discard(codeOfWorker(this.paths.temporary, pid)).catch(() => {});
      },
    });
  }

  /**
   * @param files the pipeline's, as read before; by default as they are now
   * @throws {DiagnosticsError}
   */
  async load(
    profile: string = DEFAULT_PROFILE,
    sets: readonly string[] = [],
    files?: PipelineFiles | Diagnostic,
  ): Promise<Graph> {
    const { root, disk, paths, codes, pool, cache } = this;
    const directory = new StageContracts(disk, paths, codes, pool);
    const graph = await loadGraph({
      root,
      profile,
      sets,
      codes,
      directory,
      codesOfCommands: async (commands: Commands) => {
        const own = await commandCodes(commands, cache.surroundings, cache.digestOf);
        // Replaced, not changed: who took it before has what it was.
        this.codes = { ...this.codes, ...own };
        return own;
      },
      storeOf: this.ledgerOf,
      tables: new CachedTables(this.cache, this.codeOf),
      ...(files === undefined ? {} : { files }),
    });
    if (!isGraph(graph)) throw new DiagnosticsError(graph);
    return graph;
  }

  /**
   * What pipeline.yaml and group files declare.
   * @throws {DiagnosticsError} on mistakes in them
   */
  async declared(): Promise<PipelineSpec> {
    const { parsePipeline } = await import('../pipeline/parse.ts');
    const files = readPipelineFiles(this.root);
    if ('message' in files) throw new DiagnosticsError([files]);
    const spec = parsePipeline(PIPELINE_FILE, files.text, files.groups);
    if (!('stages' in spec)) throw new DiagnosticsError(spec);
    return spec;
  }

  /** Names of all profiles. @throws {DiagnosticsError} */
  async profiles(): Promise<readonly string[]> {
    return [...new Set([DEFAULT_PROFILE, ...(await this.declared()).profiles.keys()])];
  }

  /** The graphs of all profiles. @throws {DiagnosticsError} */
  async loadAll(): Promise<readonly Graph[]> {
    const graphs: Graph[] = [];
    for (const profile of await this.profiles()) graphs.push(await this.load(profile));
    return graphs;
  }

  readonly codeOf = (module: string): string => {
    const code = this.codes[module];
    if (code === undefined || !('digest' in code)) throw new Error(`no code of ${module}`);
    return code.digest;
  };
}
