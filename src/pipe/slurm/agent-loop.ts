import { dirname, join } from 'node:path';
import type { StageModules } from '../code/stage-modules.ts';
import { thisMachineType, thisRuntime } from '../core/machine.ts';
import type { Disk } from '../disk/disk.ts';
import type { Progress } from '../pipeline/contract.ts';
import type { Executor, Job, JobResult } from '../workers/executor.ts';
import type { AgentSettings } from './batch.ts';
import { Mailbox, received, removeQuietly } from './mailbox.ts';
import { killsByMemory } from './memory-kills.ts';
import type { Order, Orders, Report, RunOrder } from './messages.ts';
import type { NodeSupply } from './supply.ts';

/** Milliseconds between two looks for orders; after a minute without any it looks less often. */
const LOOK = 500;
const SELDOM = 2000;
const QUIET = 60_000;
/** Milliseconds between two looks at a checkpoint that would be lost with its node. */
const SAVE = 30_000;
/** Times the pace: seconds between two signs of life. */
const ALIVE = 5;

interface AgentOptions {
  readonly disk: Disk;
  readonly pool: Executor;
  readonly supply: NodeSupply;
  /** What the pool is to know of stage files. */
  readonly modules: Map<string, StageModules>;
  readonly slot: string;
  /** Slurm's id. */
  readonly job: string;
  readonly node: string;
  readonly settings: AgentSettings;
}

/** Runs what it is told, one job after the other, and reports what comes of it. */
export class Agent {
  readonly #options: AgentOptions;
  readonly #inbox: string;
  readonly #outbox: Mailbox;
  readonly #waiting: RunOrder[] = [];
  /** Attempts that it was ever given: an order that could not be removed is read again. */
  readonly #given = new Set<string>();
  /** What has to be told, in order; kept while the folder cannot be written. */
  #untold: Report[] = [];
  readonly #progress = new Map<string, Progress>();
  #running:
    | { readonly order: RunOrder; readonly stop: AbortController; readonly done: Promise<void> }
    | undefined;
  #pid: number | undefined;
  /** What runs, as it is here. */
  #job: { readonly id: string; readonly job: Job } | undefined;
  #savedAt = now();
  #pace = 1;
  #told = 0;
  #toldProgress = 0;
  #busy = now();
  /** Why it takes no more orders. */
  #ending: string | undefined;
  #isOver = false;

  constructor(options: AgentOptions) {
    this.#options = options;
    const { disk, slot, settings } = options;
    this.#inbox = join(settings.folder, 'in', slot);
    this.#outbox = new Mailbox(disk, join(settings.folder, 'out'), slot);
  }

  /** @param wait resolves after some milliseconds */
  async serve(wait: (milliseconds: number) => Promise<unknown>): Promise<void> {
    this.#hello();
    while (!this.#isOver) {
      this.#look();
      this.#startNext();
      this.#tell(false);
      void this.#save();
      this.#leaveIfUseless();
      await wait(now() - this.#busy > QUIET ? SELDOM : LOOK);
    }
  }

  /** Takes no more orders, stops its stage, which may write its checkpoint, reports and leaves. */
  async end(reason: string): Promise<void> {
    if (this.#ending !== undefined) return;
    this.#ending = reason;
    this.#say({ type: 'ending', reason });
    this.#waiting.length = 0;
    this.#running?.stop.abort();
    await this.#running?.done;
    await this.#options.pool.close();
    this.#say({ type: 'bye' });
    this.#isOver = true;
  }

  #look(): void {
    const { disk } = this.#options;
    // Whoever gave it up has removed it.
    if (
      disk.stat(this.#inbox) === undefined &&
      !disk.list(dirname(this.#inbox)).includes(this.#options.slot)
    ) {
      void this.#vanish();
      return;
    }
    for (const { path, message } of received(disk, this.#inbox)) {
      if (message === undefined) return;
      removeQuietly(disk, path);
      const { orders, pace } = message as Orders;
      this.#pace = pace;
      for (const order of orders) this.#obey(order);
    }
  }

  #obey(order: Order): void {
    switch (order.type) {
      case 'run':
        this.#busy = now();
        if (this.#ending !== undefined || this.#given.has(order.id)) return;
        this.#given.add(order.id);
        this.#waiting.push(order);
        return;
      case 'cancel': {
        const { id } = order;
        const at = this.#waiting.findIndex((one) => one.id === id);
        if (this.#running?.order.id === id) this.#running.stop.abort();
        else if (at !== -1) {
          this.#waiting.splice(at, 1);
          this.#say({ type: 'result', id, result: { ok: false, cancelled: true }, seconds: 0 });
        }
        return;
      }
      case 'report':
        this.#hello();
        return;
      case 'exit':
        void this.end('the run is over');
    }
  }

  /** Lets what runs be resumed elsewhere, should this node be lost. */
  async #save(): Promise<void> {
    if (this.#job === undefined || now() - this.#savedAt < SAVE) return;
    this.#savedAt = now();
    const { id, job } = this.#job;
    const checkpoint = await this.#options.supply.save(job).catch(() => undefined);
    if (checkpoint !== undefined && this.#job?.id === id)
      this.#say({ type: 'saved', id, checkpoint });
  }

  #startNext(): void {
    if (this.#running !== undefined || this.#ending !== undefined) return;
    const order = this.#waiting.shift();
    if (order === undefined) return;
    const stop = new AbortController();
    const done = this.#run(order, stop.signal).then((report) => {
      this.#progress.delete(order.id);
      this.#pid = undefined;
      this.#running = undefined;
      this.#busy = now();
      this.#say(report);
      // Without waiting for the next look: instances may be short.
      this.#startNext();
    });
    this.#running = { order, stop, done };
  }

  async #run(order: RunOrder, signal: AbortSignal): Promise<Report> {
    const { pool, node, job: slurmJob, supply, modules } = this.#options;
    const { id } = order;
    if (order.modules !== undefined) modules.set(order.job.module, order.modules);
    const kills = killsByMemory();
    let began = now();
    let result: JobResult;
    let { job } = order;
    try {
      const taken = await supply.take(order, signal);
      if (typeof taken === 'string') {
        const interrupted = { ok: false, interrupted: taken } as const;
        const cancelled = this.#judge({ ok: false, cancelled: true }, kills);
        return { type: 'result', id, result: signal.aborted ? cancelled : interrupted, seconds: 0 };
      }
      job = taken;
      this.#job = { id, job };
      result = await pool.run(
        job,
        {
          started: (pid) => {
            began = now();
            this.#pid = pid;
            this.#say({ type: 'started', id, pid });
          },
          progress: (progress) => void this.#progress.set(id, progress),
          output: (line) => void this.#untold.push({ type: 'output', id, line }),
        },
        signal,
      );
    } catch (error) {
      const message = `the agent on ${node} failed: ${(error as Error).message}`;
      result = { ok: false, failure: { kind: 'worker', message } };
    }
    this.#job = undefined;
    const seconds = (now() - began) / 1000;
    const pid = this.#pid;
    const where = pid === undefined ? {} : { where: { pid, node, job: slurmJob } };
    const outcome = { result: this.#judge(result, kills), seconds, ...where };
    return { type: 'result', id, ...(await supply.give(order, job, outcome)) };
  }

  #judge(result: JobResult, killsBefore: number): JobResult {
    if (result.ok) {
      return { ...result, maker: { machine: thisMachineType(), node: process.version } };
    }
    if ('cancelled' in result && this.#ending !== undefined) {
      return { ok: false, interrupted: `its job was stopped: ${this.#ending}` };
    }
    if (!('failure' in result) || result.failure.kind !== 'killed') return result;
    if (killsByMemory() <= killsBefore) return result;
    const message = `the stage used more memory than its job on ${this.#options.node} has`;
    return {
      ok: false,
      failure: { kind: 'out-of-memory', message, hint: 'raise resources.memory of the stage' },
    };
  }

  #hello(): void {
    const { job, node, settings } = this.#options;
    const orders = [
      ...(this.#running === undefined ? [] : [this.#running.order]),
      ...this.#waiting,
    ];
    this.#say({
      type: 'hello',
      job,
      node,
      runtime: thisRuntime(),
      machine: thisMachineType(),
      version: process.version,
      // As the coordinator knows them.
      stages: settings.stages.slice(settings.remote?.at?.length ?? 0),
      work: orders.map(({ id }) => id),
      ...(this.#pid === undefined ? {} : { running: { id: orders[0].id, pid: this.#pid } }),
    });
  }

  #say(report: Report): void {
    this.#untold.push(report);
    this.#tell(true);
  }

  /** @param isUrgent whether it does not wait for more to tell */
  #tell(isUrgent: boolean): void {
    const since = (now() - this.#told) / 1000;
    const isTime = (now() - this.#toldProgress) / 1000 >= this.#pace;
    if (!isUrgent && since >= ALIVE * this.#pace) this.#untold.push({ type: 'alive' });
    if (isTime && this.#progress.size > 0) {
      for (const [id, progress] of this.#progress)
        this.#untold.push({ type: 'progress', id, progress });
      this.#progress.clear();
      this.#toldProgress = now();
    }
    if (this.#untold.length === 0 || (!isUrgent && since < this.#pace)) return;
    try {
      this.#outbox.send(this.#untold);
      this.#untold = [];
      this.#told = now();
    } catch {
      // A full or unreachable folder: told with the next message, unless that takes so long that nobody waits for it.
      if (since * 1000 > Math.max(this.#options.settings.lease, 10_000)) void this.#vanish();
    }
  }

  #leaveIfUseless(): void {
    const isBusy = this.#running !== undefined || this.#waiting.length > 0;
    if (isBusy) this.#busy = now();
    else if (now() - this.#busy > this.#options.settings.idle)
      void this.end('there was nothing to do');
  }

  /** Nobody listens: what it runs is somebody else's by now. */
  async #vanish(): Promise<void> {
    this.#ending = 'it was given up';
    this.#running?.stop.abort();
    await this.#options.pool.close();
    this.#isOver = true;
  }
}

/** Milliseconds. */
function now(): number {
  return performance.now();
}
