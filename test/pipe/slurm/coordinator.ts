import type { ActionKey } from '../../../src/pipe/core/digest.ts';
import { type Disk, realDisk } from '../../../src/pipe/disk/disk.ts';
import { Paths } from '../../../src/pipe/disk/paths.ts';
import { SlurmExecutor } from '../../../src/pipe/slurm/executor.ts';
import { Settlement } from '../../../src/pipe/slurm/settlement.ts';
import { DEFAULT_SITE, type Site } from '../../../src/pipe/slurm/site.ts';
import { SharedSupply } from '../../../src/pipe/slurm/supply.ts';
import { WorkFolders } from '../../../src/pipe/slurm/work-folders.ts';
import type { Job, JobResult, Outlook } from '../../../src/pipe/workers/executor.ts';
import { temporaryFolder } from '../project.ts';
import { DONE, type FakeCluster } from './fake-cluster.ts';

/** A real coordinator on a fake cluster. */
export class Coordinator {
  readonly executor: SlurmExecutor;
  readonly warnings: string[] = [];
  readonly folders: WorkFolders;
  readonly #cluster: FakeCluster;
  readonly #site: Site;
  readonly #disk: Disk;

  /** @param root of the project */
  constructor(
    cluster: FakeCluster,
    root: string,
    most = 4,
    site: Partial<Site> = {},
    disk: Disk = realDisk,
  ) {
    this.#cluster = cluster;
    this.#disk = disk;
    this.#site = { ...DEFAULT_SITE, ...site };
    const paths = new Paths(root);
    const supply = new SharedSupply(root, []);
    this.folders = new WorkFolders(disk, paths);
    this.executor = new SlurmExecutor({
      scheduler: cluster,
      post: cluster,
      clock: cluster.clock,
      folders: this.folders,
      settlement: new Settlement(disk, paths, this.folders, this.#site, supply),
      supply,
      site: this.#site,
      pool: { pids: [], run: async () => DONE, close: async () => {}, kill() {} },
      isDone: () => false,
      modulesOf: () => undefined,
      program: '/agent.js',
      settings: { folder: paths.slurm, root, stages: '/stages', idle: 1, grace: 1, lease: 1 },
      most,
    });
  }

  async open(): Promise<void> {
    const opened = this.executor.remote.open((message) => void this.warnings.push(message));
    await this.#cluster.clock.pass(0);
    await opened;
  }

  /** Asks for one instance. */
  run(
    instance: string,
    seconds: number,
    {
      signal = new AbortController().signal,
      outlook = { seconds, behind: { count: 0, seconds: 0 } },
      ...more
    }: Partial<Job> & { readonly signal?: AbortSignal; readonly outlook?: Outlook } = {},
  ) {
    const places = this.executor.remote.places(keyOf(instance));
    const job: Job = {
      instance,
      module: 'count',
      env: {},
      params: { seconds },
      inputs: {},
      outputs: {},
      attempt: 1,
      threads: 1,
      gpus: 0,
      timeout: undefined,
      ...places,
      ...more,
    };
    this.#disk.makeFolder(job.folder);
    const nodes: string[] = [];
    const progressAt: number[] = [];
    const observer = {
      started: (_: number, host?: { readonly node: string }) => void nodes.push(host?.node ?? ''),
      progress: () => void progressAt.push(this.#cluster.clock.now()),
      output() {},
    };
    const result = this.executor.run(job, observer, signal, outlook);
    const settled: { result?: JobResult } = {};
    void result.then((value) => {
      settled.result = value;
    });
    return { job, result, nodes, progressAt, settled };
  }
}

/** A key of its own for each instance. */
export function keyOf(instance: string): ActionKey {
  return Buffer.from(instance).toString('hex').padEnd(64, '0').slice(0, 64) as ActionKey;
}

/** An open coordinator of a project. */
export async function openOn(
  cluster: FakeCluster,
  most?: number,
  site?: ConstructorParameters<typeof Coordinator>[3],
  root = temporaryFolder(),
) {
  const coordinator = new Coordinator(cluster, root, most, site);
  await coordinator.open();
  return { ...coordinator, coordinator, root };
}
