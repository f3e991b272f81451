import { thisRuntime } from '../../../src/pipe/core/machine.ts';
import { type Batch, slotOf, slotsOf } from '../../../src/pipe/slurm/batch.ts';
import type { Order, Report, RunOrder } from '../../../src/pipe/slurm/messages.ts';
import type { Post } from '../../../src/pipe/slurm/post.ts';
import {
  hasEnded,
  type QueueLine,
  type Scheduler,
  SchedulerError,
  type Submission,
} from '../../../src/pipe/slurm/scheduler.ts';
import type { Job, JobResult } from '../../../src/pipe/workers/executor.ts';
import { FakeClock } from './fake-clock.ts';

/** Milliseconds from the start of a job to the first word of its agent. */
const BOOT = 1000;

/** One agent: runs what it is given, a stage taking the seconds that its params say. */
class FakeAgent {
  readonly slot: string;
  readonly id: string;
  state = 'PENDING';
  /** Whether what it says arrives. */
  isSilent = false;
  readonly #cluster: FakeCluster;
  readonly #waiting: RunOrder[] = [];
  #running: RunOrder | undefined;

  constructor(cluster: FakeCluster, slot: string, id: string) {
    this.#cluster = cluster;
    this.slot = slot;
    this.id = id;
  }

  start(): void {
    this.state = 'RUNNING';
    this.#cluster.clock.after(BOOT, () => {
      this.hello();
      this.#alive();
    });
  }

  hello(): void {
    const orders = [...(this.#running === undefined ? [] : [this.#running]), ...this.#waiting];
    const work = orders.map(({ id }) => id);
    const about = { runtime: this.#cluster.runtime, machine: 'm', version: 'v', stages: '/stages' };
    this.say({ type: 'hello', job: this.id, node: `node-${this.slot}`, ...about, work });
  }

  obey(order: Order): void {
    if (hasEnded(this.state)) return;
    if (order.type === 'report') this.hello();
    if (order.type === 'exit') this.leave();
    if (order.type === 'cancel' && this.#running?.id === order.id) {
      this.#running = undefined;
      this.say({
        type: 'result',
        id: order.id,
        result: { ok: false, cancelled: true },
        seconds: 0,
      });
    }
    if (order.type === 'run') {
      this.#waiting.push(order);
      this.#next();
    }
  }

  /** Its job ends, in a state of Slurm's. */
  end(state: string): void {
    if (hasEnded(this.state)) return;
    this.state = state;
    this.#cluster.noteEnd();
  }

  leave(): void {
    this.say({ type: 'bye' });
    this.end('COMPLETED');
  }

  say(report: Report): void {
    if (!this.isSilent && !hasEnded(this.state)) this.#cluster.deliver(this.slot, report);
  }

  #alive(): void {
    if (hasEnded(this.state)) return;
    this.say({ type: 'alive' });
    this.#cluster.clock.after(this.#cluster.aliveEvery, () => this.#alive());
  }

  #next(): void {
    if (this.#running !== undefined) return;
    const order = this.#waiting.shift();
    if (order === undefined) return;
    this.#running = order;
    const { id, job } = order;
    this.#cluster.begun.push(job.instance);
    this.say({ type: 'started', id, pid: 1 });
    const { seconds } = job.params as { readonly seconds: number };
    this.#cluster.clock.after(seconds * 1000, () => {
      if (this.#running?.id !== id) return;
      this.#running = undefined;
      const result = this.#cluster.resultOf(job, this);
      if (result !== undefined) this.say({ type: 'result', id, result, seconds });
      this.#next();
    });
  }
}

export const DONE: JobResult = { ok: true, outputs: [], metrics: {}, cpuSeconds: 0, peakMemory: 0 };

/** Slurm and its nodes, and the post between them and a coordinator, in memory and in no time. */
export class FakeCluster implements Scheduler, Post {
  readonly clock = new FakeClock();
  readonly name = 'pipe-test';
  readonly agents = new Map<string, FakeAgent>();
  readonly submissions: Submission[] = [];
  readonly cancelled: string[] = [];
  /** Instances in the order in which they were begun. */
  readonly begun: string[] = [];
  /** Calls of Slurm, and the moments at which they came. */
  readonly calls: (readonly [what: string, at: number])[] = [];
  runtime: string = thisRuntime();
  aliveEvery = 5000;
  /** Seconds between two reports of progress that agents were told last. */
  pace = 0;
  /** What every call of a kind leads to, instead of an answer. */
  fault: ((what: string) => Error | 'never' | undefined) | undefined;
  resultOf: (job: Job, agent: FakeAgent) => JobResult | undefined = () => DONE;
  readonly #places: number;
  readonly #open = new Set<string>();
  #out: (readonly [slot: string, report: Report])[] = [];
  #arrays = 0;

  /** @param places for jobs that run at a time */
  constructor(places: number) {
    this.#places = places;
  }

  async check(): Promise<void> {}

  async submit(submission: Submission): Promise<string> {
    await this.#answer('sbatch');
    this.submissions.push(submission);
    this.#arrays += 1;
    const option = (name: string) =>
      submission.options.find((one) => one.startsWith(`--${name}=`))?.slice(name.length + 3) ?? '';
    const size = Number(/^0-(\d+)/.exec(option('array'))?.[1]) + 1;
    for (let task = 0; task < size; task += 1) {
      const slot = slotOf(option('comment'), String(task));
      this.agents.set(slot, new FakeAgent(this, slot, `${this.#arrays}_${task}`));
    }
    this.noteEnd();
    return String(this.#arrays);
  }

  async list(): Promise<readonly QueueLine[]> {
    await this.#answer('squeue');
    return [...this.agents.values()].map(({ slot, id, state }) => {
      return { id, state, node: '', batch: slot.split('-')[0], reason: 'None' };
    });
  }

  async cancel(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#answer('scancel');
    this.cancelled.push(...ids);
    for (const agent of this.agents.values()) if (ids.includes(agent.id)) agent.end('CANCELLED');
  }

  cancelNow(ids: readonly string[]): void {
    void this.cancel(ids);
  }

  /** Starts jobs where there is a place. */
  noteEnd(): void {
    let free = this.#places;
    for (const { state } of this.agents.values()) if (state === 'RUNNING') free -= 1;
    for (const agent of this.agents.values()) {
      if (free <= 0) return;
      if (agent.state !== 'PENDING') continue;
      agent.start();
      free -= 1;
    }
  }

  deliver(slot: string, report: Report): void {
    this.#out.push([slot, report]);
  }

  begin(): void {}

  batches(): readonly Batch[] {
    return [];
  }

  slots(): readonly string[] {
    return [...this.#open];
  }

  open(batch: Batch): void {
    for (const slot of slotsOf(batch)) this.#open.add(slot);
  }

  close(slot: string): void {
    this.#open.delete(slot);
  }

  isOpen(slot: string): boolean {
    return this.#open.has(slot);
  }

  send(slot: string, orders: readonly Order[], pace: number): void {
    this.pace = pace;
    for (const order of orders) this.agents.get(slot)?.obey(order);
  }

  receive(handle: (slot: string, report: Report) => void): void {
    const arrived = this.#out;
    this.#out = [];
    for (const [slot, report] of arrived) handle(slot, report);
  }

  clear(): void {}

  async #answer(what: string): Promise<void> {
    this.calls.push([what, this.clock.now()]);
    const fault = this.fault?.(what);
    if (fault === 'never') await new Promise<void>((resolve) => this.clock.after(60_000, resolve));
    if (fault === 'never') throw new SchedulerError('no answer', true);
    if (fault !== undefined) throw fault;
  }
}
