import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Cache } from '../../src/pipe/cache/cache.ts';
import type { OutputRecord } from '../../src/pipe/cache/fingerprint.ts';
import { formatTree, manifestFile, readTree } from '../../src/pipe/cache/tree.ts';
import type { StageCode } from '../../src/pipe/code/stage-codes.ts';
import { type Clock, realClock } from '../../src/pipe/core/clock.ts';
import { digestText } from '../../src/pipe/core/digest.ts';
import type { Json } from '../../src/pipe/core/json.ts';
import { Ledger } from '../../src/pipe/current/ledger.ts';
import { selectInstances } from '../../src/pipe/current/selection.ts';
import { type Disk, realDisk } from '../../src/pipe/disk/disk.ts';
import { Paths } from '../../src/pipe/disk/paths.ts';
import type { RunEvent } from '../../src/pipe/events/events.ts';
import { Surroundings } from '../../src/pipe/inputs/surroundings.ts';
import type { Graph, InputBinding, Instance } from '../../src/pipe/pipeline/graph.ts';
import { encodePlan, Plan } from '../../src/pipe/pipeline/plan.ts';
import type { RemoteCache } from '../../src/pipe/remote/remote-cache.ts';
import type { SessionResult } from '../../src/pipe/session/options.ts';
import { runSession } from '../../src/pipe/session/session.ts';
import type { Executor, Job, JobResult } from '../../src/pipe/workers/executor.ts';
import { stageFailure } from '../../src/pipe/workers/failure.ts';
import { WorkerRegistry } from '../../src/pipe/workers/worker-registry.ts';

/** A throw-away folder; removed when the test is over. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'shatter-run-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Until the test is over this process takes itself for one of another version of Node. */
export function pretendNode(version: string): void {
  const real = process.version;
  Object.defineProperty(process, 'version', { value: version });
  onTestFinished(() => {
    Object.defineProperty(process, 'version', { value: real });
  });
}

/** One instance of a hand-made graph, in short. */
export interface Node {
  readonly id: string;
  readonly needs?: readonly string[];
  readonly params?: Json;
  readonly module?: string;
  readonly retries?: number;
  readonly timeout?: number;
  readonly backoff?: number;
  readonly cpus?: number;
  /** Whether it has a second output, the folder `tree/`. */
  readonly hasFolder?: boolean;
}

/** A graph whose instances each have one output, `out.txt`, and gather those of what they need. */
export function graphOf(nodes: readonly Node[]): Graph {
  return { profile: 'default', instances: nodes.map(instanceOf) };
}

/** The same graph read back, as most runs have it; without coordinates, which its stages have none of. */
export function planned(graph: Graph, declaration = 'here'): Plan {
  return new Plan(encodePlan(graph), declaration);
}

function instanceOf(node: Node): Instance {
  const { id, needs = [], params = {}, module = 'combine', retries = 0, cpus = 1 } = node;
  const { timeout, backoff, hasFolder = false } = node;
  const sources = needs.map((need) => ({ instance: need, output: 'out', axes: { at: need } }));
  const inputs: readonly InputBinding[] =
    sources.length === 0 ? [] : [{ name: 'from', arity: 'many', sources }];
  return {
    id,
    stage: id.split('[', 1)[0],
    module,
    axes: {},
    params,
    inputs,
    outputs: { out: 'out.txt', ...(hasFolder ? { tree: 'tree/' } : {}) },
    folder: `artifacts/${id}`,
    resources: { cpus },
    retries,
    ...(timeout === undefined ? {} : { timeout }),
    ...(backoff === undefined ? {} : { backoff }),
  };
}

/** Does not wait. */
const hasty: Clock = { now: () => realClock.now(), after: (_, call) => realClock.after(0, call) };

/** What a stage of a test does: text of its inputs and its params in, text out. */
export type Behaviour = (inputs: readonly string[], params: Json, job: Job) => string;

/** Runs jobs inside the test, one after the other, and notes which. */
export class FakeExecutor implements Executor {
  readonly pids = [];
  readonly ran: string[] = [];
  readonly #behaviours: Readonly<Record<string, Behaviour>>;
  readonly #disk: Disk;

  constructor(behaviours: Readonly<Record<string, Behaviour>>, disk: Disk = realDisk) {
    this.#behaviours = behaviours;
    this.#disk = disk;
  }

  async run(job: Job, { started }: { started(pid: number): void }): Promise<JobResult> {
    started(1);
    this.ran.push(job.instance);
    try {
      const from = Object.values(job.inputs).flat();
      const texts = from.map(({ path }) => this.#disk.read(path)?.toString('utf8') ?? '');
      const path = join(job.folder, job.outputs.out);
      const text = this.#behaviours[job.module](texts, job.params, job);
      this.#disk.write(path, text);
      const size = Buffer.byteLength(text);
      const outputs: OutputRecord[] = [
        { name: 'out', digest: await this.#disk.digest(path), size },
      ];
      if (job.outputs.tree !== undefined) outputs.push(await this.#writeTree(job.folder, text));
      return { ok: true, outputs, metrics: {}, cpuSeconds: 0, peakMemory: 0 };
    } catch (error) {
      return { ok: false, failure: stageFailure(error) };
    }
  }

  /** A folder of three files, two of them equal and one to execute, and of an empty folder. */
  async #writeTree(folder: string, text: string): Promise<OutputRecord> {
    const path = join(folder, 'tree');
    for (const name of ['empty', 'a/b']) this.#disk.makeFolder(join(path, name));
    for (const name of ['x', 'a/b/y', 'a/z']) {
      this.#disk.write(join(path, name), name === 'a/z' ? `tree of ${text}` : text);
    }
    this.#disk.protect(join(path, 'a/z'), true);
    const tree = await readTree(this.#disk, path);
    const manifest = formatTree(tree);
    this.#disk.write(manifestFile(path), manifest);
    const size = tree.files.reduce((sum, file) => sum + file.size, 0);
    const digest = digestText(manifest);
    return { name: 'tree', digest, size, tree: Buffer.byteLength(manifest) };
  }

  async close(): Promise<void> {}
  kill(): void {}
}

/** Joins params and inputs, so that any change of either reaches the result. */
export const combine: Behaviour = (inputs, params) => `(${JSON.stringify(params)}${inputs.join()})`;

export interface RunOptions {
  readonly targets?: readonly string[];
  readonly only?: string;
  readonly force?: boolean;
  readonly keepGoing?: boolean;
  readonly jobs?: number;
  readonly executor?: Executor;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  readonly remote?: (cache: Cache) => RemoteCache;
  /** Receives the events: a run that is stopped returns none. */
  readonly events?: RunEvent[];
}

export interface RunReport extends SessionResult {
  readonly events: readonly RunEvent[];
  /** Ids of the instances that ran, in the order of their ends. */
  readonly ran: readonly string[];
}

/** A project of a test: a folder, and code digests as the test says. */
export class TestProject {
  readonly root: string;
  readonly disk: Disk;
  /** Names the time since the machine was started. */
  boot = '1';
  /** Digest of each module's code. */
  readonly code: Record<string, string> = {};
  readonly behaviours: Record<string, Behaviour> = { combine };

  constructor(root: string = temporaryFolder(), disk: Disk = realDisk) {
    this.root = root;
    this.disk = disk;
  }

  async run(graph: Graph, options: RunOptions = {}): Promise<RunReport> {
    const { targets = [], only, force = false, keepGoing = false, jobs = 2 } = options;
    const { disk } = this;
    const { signal = new AbortController().signal, events = [] } = options;
    const cache = new Cache(this.root, disk, this.boot);
    const codes = this.codes(graph);
    const result = await runSession({
      project: {
        root: this.root,
        cache,
        codes,
        codeOf: (module) => codes[module].digest,
        ledgerOf: (declaration) => this.ledger(declaration),
        workers: new WorkerRegistry(disk, cache.paths.workers),
      },
      executor: options.executor ?? new FakeExecutor(this.behaviours, disk),
      graph,
      selection: selectInstances(graph, targets, only),
      force,
      keepGoing,
      jobs,
      emit: (event) => events.push(event),
      signal,
      commit: async () => ({}),
      sets: [],
      targets,
      clock: options.clock ?? hasty,
      ...(options.remote === undefined ? {} : { remote: options.remote(cache) }),
    });
    const ran = events.flatMap((event) => (event.type === 'finished' ? [event.instance] : []));
    return { ...result, events, ran };
  }

  /** The code of all stages of a graph. */
  codes({ instances }: Graph): Readonly<Record<string, StageCode>> {
    const modules = new Set(instances.map(({ module }) => module));
    return Object.fromEntries(
      [...modules].map((name) => {
        const digest = this.code[name] ?? `code of ${name}`;
        return [name, { digest, files: { [`stages/${name}.ts`]: digest }, packages: {} }];
      }),
    );
  }

  /** As a new process reads it. */
  ledger(declaration = 'here'): Ledger {
    return new Ledger(this.disk, new Paths(this.root), declaration, this.boot);
  }

  /** What a new process says of a graph before it looks at any instance. */
  async countCurrent(graph: Graph, declaration?: string): Promise<number | undefined> {
    const surroundings = new Surroundings(this.root, this.disk);
    return await this.ledger(declaration).countCurrent(this.codes(graph), surroundings);
  }

  artifact(id: string): string {
    return this.disk.read(join(this.root, 'artifacts', id, 'out.txt'))?.toString('utf8') ?? '';
  }

  write(path: string, text: string): void {
    this.disk.makeFolder(dirname(join(this.root, path)));
    this.disk.remove(join(this.root, path));
    this.disk.write(join(this.root, path), text);
  }
}

/** Events of one type. */
export function eventsOf<T extends RunEvent['type']>(
  events: readonly RunEvent[],
  type: T,
): readonly Extract<RunEvent, { type: T }>[] {
  return events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type);
}
