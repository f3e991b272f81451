import { Cache } from '../../src/pipe/cache/cache.ts';
import { build as buildExplain } from '../../src/pipe/cli/commands/explain.ts';
import type { Shell } from '../../src/pipe/cli/shell/shell.ts';
import { type StageCodes, stageCodes } from '../../src/pipe/code/stage-codes.ts';
import { DiagnosticsError } from '../../src/pipe/core/diagnostic.ts';
import { CachedTables } from '../../src/pipe/current/axis-tables.ts';
import { Ledger } from '../../src/pipe/current/ledger.ts';
import { selectInstances } from '../../src/pipe/current/selection.ts';
import type { RunEvent } from '../../src/pipe/events/events.ts';
import { commandCodes } from '../../src/pipe/inputs/command-codes.ts';
import { takeSnapshot } from '../../src/pipe/loader/snapshot.ts';
import type { Commands, Graph } from '../../src/pipe/pipeline/graph.ts';
import { isGraph, loadGraph } from '../../src/pipe/pipeline/load.ts';
import type { Project } from '../../src/pipe/project/project.ts';
import { runSession } from '../../src/pipe/session/session.ts';
import { WorkerRegistry } from '../../src/pipe/workers/worker-registry.ts';
import { temporaryProject } from './loader/project.ts';
import { MemoryDisk } from './memory-disk.ts';
import { FakeDirectory, type FakeStage } from './pipeline/directory.ts';
import { type Behaviour, FakeExecutor } from './project.ts';

/** How a project's files are now understood. */
interface Reading {
  readonly graph: Graph;
  readonly load: () => Promise<Graph>;
  readonly cache: Cache;
  readonly codes: StageCodes;
  readonly codeOf: (module: string) => string;
  readonly ledgerOf: (declaration: string) => Ledger;
}

/**
 * A project of real source files, read by the loader and the pipeline's parser as `pipe` reads them;
 * its stages are functions of the test, and what the runner keeps is in memory.
 */
export class SourceProject {
  readonly root: string;
  disk: MemoryDisk;
  readonly #stages: Readonly<Record<string, FakeStage>>;

  constructor(
    files: Readonly<Record<string, string>>,
    stages: Readonly<Record<string, FakeStage>>,
  ) {
    this.root = temporaryProject(files);
    this.disk = new MemoryDisk(this.root);
    this.#stages = stages;
  }

  /** Loses all that the runner keeps. */
  forget(): void {
    this.disk = new MemoryDisk(this.root);
  }

  async read(): Promise<Reading> {
    const { root } = this;
    const codes = stageCodes(await takeSnapshot({ projectRoot: root }));
    const cache = new Cache(root, this.disk, '1');
    const ledgerOf = (declaration: string) => new Ledger(this.disk, cache.paths, declaration, '1');
    const directory = new FakeDirectory(this.#stages);
    const codesOfCommands = (commands: Commands) =>
      commandCodes(commands, cache.surroundings, cache.digestOf);
    const codeOf = (module: string) => {
      const code = codes[module];
      if ('digest' in code) return code.digest;
      throw new Error(JSON.stringify(code.diagnostics));
    };
    const tables = new CachedTables(cache, codeOf);
    const load = async () => {
      const graph = await loadGraph({
        root,
        codes,
        directory,
        codesOfCommands,
        storeOf: ledgerOf,
        tables,
      });
      if (!isGraph(graph)) throw new DiagnosticsError(graph);
      return graph;
    };
    return { graph: await load(), load, codes, codeOf, ledgerOf, cache };
  }

  /** `pipe run` */
  async run(
    behaviours: Readonly<Record<string, Behaviour>>,
    { targets = [], force = false }: { targets?: readonly string[]; force?: boolean } = {},
  ) {
    const reading = await this.read();
    const look = async (graph: Graph) => ({ graph, selection: selectInstances(graph, targets) });
    const workers = new WorkerRegistry(this.disk, reading.cache.paths.workers);
    const events: RunEvent[] = [];
    const result = await runSession({
      project: { root: this.root, workers, ...reading },
      executor: new FakeExecutor(behaviours, this.disk),
      ...(await look(reading.graph)),
      reload: async () => look(await reading.load()),
      force,
      keepGoing: false,
      jobs: 2,
      emit: (event) => events.push(event),
      signal: new AbortController().signal,
      commit: async () => ({}),
      allProfiles: async () => [await reading.load()],
      sets: [],
      targets,
    });
    const ran = events.flatMap((event) => (event.type === 'finished' ? [event.instance] : []));
    return { ...result, events, ran };
  }

  /** `pipe explain` for every instance: its lines, by id. */
  async explain(): Promise<ReadonlyMap<string, readonly string[]>> {
    const reading = await this.read();
    const project = reading as unknown as Project;
    const said = new Map<string, readonly string[]>();
    for (const { id } of reading.graph.instances) {
      const lines: string[] = [];
      const shell = {
        inspect: async () => ({ project, graph: reading.graph }),
        out: (line: string) => lines.push(line),
      } as unknown as Shell;
      await buildExplain(shell).parseAsync([id], { from: 'user' });
      said.set(id, lines);
    }
    return said;
  }
}
