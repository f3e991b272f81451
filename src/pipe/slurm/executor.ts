import type { StageModules } from '../code/stage-modules.ts';
import type { Clock } from '../core/clock.ts';
import type { ActionKey } from '../core/digest.ts';
import type {
  Executor,
  Job,
  JobObserver,
  JobResult,
  Outlook,
  RemoteExecutor,
} from '../workers/executor.ts';
import { classOf, type Needs, needsOf } from './batch.ts';
import { Dispatch } from './dispatch.ts';
import { type Demand, Fleet, type FleetOptions } from './fleet.ts';
import { Lines } from './lines.ts';
import type { Outcome } from './messages.ts';
import type { Post } from './post.ts';
import { Reception } from './reception.ts';
import { type Refusal, resultOf } from './refusal.ts';
import type { Scheduler } from './scheduler.ts';
import type { Settlement } from './settlement.ts';
import type { Site } from './site.ts';
import type { Slot } from './slots.ts';
import type { Supply } from './supply.ts';
import type { Client, Work } from './work.ts';
import { idOf, keyOf, type WorkFolders } from './work-folders.ts';

/** Milliseconds between two looks at what has arrived, and that agents of an earlier run have to answer. */
const LOOK = 500;
const ANSWER = 15_000;
/** Jobs that are given out for each agent: one that it runs, some that it may have next. */
const GIVEN = 8;

export interface SlurmOptions extends Omit<FleetOptions, 'refused' | 'warn' | 'logOf'> {
  readonly scheduler: Scheduler;
  readonly post: Post;
  readonly folders: WorkFolders;
  readonly settlement: Settlement;
  readonly supply: Supply;
  readonly clock: Clock;
  readonly site: Site;
  /** Whether the result of an action is stored. */
  readonly isDone: (key: ActionKey) => boolean;
  /** The processes of this machine, which answer questions about stages. */
  readonly pool: Executor;
  /** Of a stage file. */
  readonly modulesOf: (module: string) => StageModules | undefined;
}

/** Runs jobs on a Slurm cluster: gives them to agents, which are jobs of the cluster, and takes what comes of them. */
export class SlurmExecutor implements Executor {
  readonly remote: RemoteExecutor;
  readonly #options: SlurmOptions;
  readonly #fleet: Fleet;
  readonly #reception: Reception;
  readonly #dispatch: Dispatch;
  readonly #lines = new Lines();
  readonly #works = new Map<string, Work>();
  /** Attempts of earlier runs, by what they are at. */
  readonly #left = new Map<ActionKey, string>();
  #warn: (message: string) => void = () => {};
  #callOff: (() => void) | undefined;
  /** Folders that are being removed. */
  readonly #removing = new Set<Promise<void>>();
  #isDetached = false;
  #isTroubled = false;
  #isOpen = false;

  constructor(options: SlurmOptions) {
    this.#options = options;
    this.#fleet = new Fleet({
      ...options,
      logOf: (slot) => options.settlement.jobLogOf(slot),
      refused: (kind, why) => this.#refuse(why, kind),
      warn: (message) => this.#warn(message),
    });
    this.#dispatch = new Dispatch(options, this.#fleet, (work, error) => {
      void this.#settle(work, options.settlement.unwritable(error));
    });
    this.#reception = new Reception(options, this.#works, this.#fleet, {
      finish: (work, outcome) => this.#finish(work, outcome),
      refuseAll: (why) => this.#refuse(why),
      dismiss: (slot) => this.#dispatch.dismiss(slot),
    });
    this.remote = {
      jobs: options.most,
      most: options.most * GIVEN,
      open: (warn) => this.#open(warn),
      places: (key) => options.folders.places(this.#left.get(key) ?? options.folders.next(key)),
      release: (folder) => this.#release(idOf(folder)),
    };
  }

  get pids(): readonly number[] {
    return this.#options.pool.pids;
  }

  /** From now on a cancelled job goes on without this process. */
  detach(): void {
    this.#isDetached = true;
  }

  async run(
    job: Job,
    observer: JobObserver,
    signal: AbortSignal,
    outlook?: Outlook,
  ): Promise<JobResult> {
    const { folders, settlement, clock, site } = this.#options;
    const id = idOf(job.folder);
    if (job.time !== undefined && (job.timeout ?? 0) > job.time) {
      const message = 'its timeout is longer than its resources.time';
      return resultOf({ message, hint: 'raise resources.time of the stage' });
    }
    const needs = needsOf(job, site, settlement.isDoubled(keyOf(id)));
    const kind = classOf(needs);
    const known = this.#works.get(id);
    const outcome = folders.outcome(id);
    const why = this.#reception.fatal ?? this.#fleet.refusals.get(kind);
    if (why !== undefined && known === undefined && outcome === undefined) return resultOf(why);
    const work: Work = known ?? { id, kind, asked: clock.now(), checkpoint: '' };
    this.#works.set(id, work);
    const cancel = () => this.#cancel(work);
    signal.addEventListener('abort', cancel, { once: true });
    const result = new Promise<JobResult>((resolve) => {
      work.client = { job, observer, outlook, resolve };
      if (outcome !== undefined) this.#finishLate(work, outcome);
      else if (work.host !== undefined) observer.started(work.host.pid, work.host.host);
      else if (work.slot === undefined) void this.#queue(work, job, needs);
      this.#tickSoon(0);
    });
    // A signal that is listened to is kept, and with it the job.
    return await result.finally(() => signal.removeEventListener('abort', cancel));
  }

  /** Lets it wait for an agent, once all that it needs can be had on a node. */
  async #queue(work: Work, job: Job, needs: Needs): Promise<void> {
    try {
      work.order = await this.#options.supply.send(work.id, job);
    } catch (error) {
      void this.#settle(work, this.#options.settlement.unwritable(error));
      return;
    }
    // It may have been cancelled meanwhile.
    if (this.#works.get(work.id) !== work) return;
    this.#lines.add(work, needs);
    this.#tickSoon(0);
  }

  async close(): Promise<void> {
    this.#callOff?.();
    this.#callOff = undefined;
    const isLeaving = this.#isOpen && !this.#isDetached;
    this.#isOpen = false;
    if (!isLeaving) return;
    await this.#fleet.disband((slot) => this.#dispatch.dismiss(slot), this.#reception.hear);
    await Promise.allSettled(this.#removing);
    this.#options.supply.close();
    this.#options.post.clear();
  }

  kill(): void {
    if (!this.#isDetached) this.#options.scheduler.cancelNow(this.#fleet.jobs);
  }

  async #open(warn: (message: string) => void): Promise<void> {
    const { scheduler, folders, post, clock, supply, isDone } = this.#options;
    this.#warn = warn;
    await scheduler.check();
    await supply.open();
    this.#isOpen = true;
    post.begin();
    const ids = folders.ids();
    const isUnheard = ({ hello, state }: Slot) => hello === undefined && state !== 'PENDING';
    await this.#fleet.adopt();
    for (const { name } of this.#fleet.slots) post.send(name, [{ type: 'report' }], 1);
    const end = clock.now() + ANSWER;
    while (this.#fleet.slots.count(isUnheard) > 0 && clock.now() < end) {
      post.receive(this.#reception.hear);
      this.#dropLost();
      await new Promise<void>((resolve) => clock.after(LOOK, resolve));
    }
    for (const id of ids) {
      const isOfUse = this.#works.has(id) || folders.outcome(id)?.result.ok === true;
      if (isOfUse && !isDone(keyOf(id))) this.#left.set(keyOf(id), id);
      else if (!this.#works.has(id)) {
        await folders.leaveCheckpoint(id, true);
        await folders.remove(id);
      }
    }
    const running = this.#works.size;
    if (running > 0)
      warn(`${running === 1 ? 'a job' : `${running} jobs`} of an earlier run: taken over`);
  }

  #tickSoon(delay: number): void {
    if (this.#callOff !== undefined) return;
    this.#callOff = this.#options.clock.after(delay, () => {
      this.#callOff = undefined;
      try {
        this.#tick();
      } catch (error) {
        // Such as a folder that cannot be read for a while: the next look may succeed.
        if (!this.#isTroubled) this.#warn(`cannot follow the jobs: ${(error as Error).message}`);
        this.#isTroubled = true;
      }
      if (this.#works.size > 0 || this.#fleet.slots.size > 0) this.#tickSoon(LOOK);
    });
  }

  #tick(): void {
    this.#options.post.receive(this.#reception.hear);
    this.#dropLost();
    const timeLeft = (slot: Slot) => this.#fleet.timeLeft(slot);
    for (const [slot, works] of this.#lines.assign(this.#fleet.slots, timeLeft)) {
      this.#dispatch.give(slot, works);
    }
    const demand = this.#lines.demand();
    this.#fleet.turn(demand);
    if (this.#fleet.isCrowded(demand)) this.#dismissIdle(demand);
  }

  #dropLost(): void {
    for (const [slot, reason] of this.#fleet.takeLost()) {
      for (const id of slot.work) {
        const work = this.#works.get(id);
        if (work !== undefined)
          void this.#settle(work, this.#options.settlement.lost(work, slot, reason));
      }
    }
  }

  #dismissIdle(demand: ReadonlyMap<string, Demand>): void {
    for (const slot of this.#fleet.slots) {
      if (!slot.isReady || slot.work.size > 0 || demand.has(slot.kind)) continue;
      this.#dispatch.dismiss(slot);
    }
  }

  #cancel(work: Work): void {
    if (work.client === undefined || !this.#works.has(work.id)) return;
    const { clock, site } = this.#options;
    // What no agent has been given is not on the cluster.
    if (this.#isDetached && work.slot !== undefined) {
      work.client.resolve({ ok: false, cancelled: true, isLeft: true });
      return;
    }
    const slot = work.slot === undefined ? undefined : this.#fleet.slots.get(work.slot);
    if (slot === undefined) {
      void this.#settle(work, { ok: false, cancelled: true });
      return;
    }
    work.isCancelled = true;
    this.#dispatch.send(slot, [{ type: 'cancel', id: work.id }]);
    work.stopWaiting = clock.after(site.grace + 10_000, () => {
      if (this.#works.has(work.id)) this.#fleet.cancel(slot);
    });
  }

  /** @param kind class of the work that no agent can be had for; by default any */
  #refuse(why: Refusal, kind?: string): void {
    for (const work of this.#lines.waiting(kind)) void this.#settle(work, resultOf(why));
  }

  /** Of what ended before it was asked for. */
  #finishLate(work: Work, outcome: Outcome): void {
    const { where } = outcome;
    if (where !== undefined) {
      const { pid, node, job } = where;
      work.client?.observer.started(pid, { node, job, queued: 0 });
    }
    this.#finish(work, outcome);
  }

  #finish(work: Work, { result, seconds }: Outcome): void {
    void this.#settle(work, { ...result, seconds });
  }

  async #settle(work: Work, result: JobResult): Promise<void> {
    const { client }: { client?: Client } = work;
    work.stopWaiting?.();
    this.#works.delete(work.id);
    this.#lines.remove(work);
    const settled = await this.#options.settlement.settle(work, result);
    // Of an earlier run, and not asked for yet.
    if (client === undefined) {
      if (!settled.ok) await this.#release(work.id);
      return;
    }
    const { seconds } = result;
    client.resolve(seconds === undefined ? settled : { ...settled, seconds });
  }

  async #release(id: string): Promise<void> {
    this.#left.delete(keyOf(id));
    const removed = this.#options.folders.remove(id).finally(() => this.#removing.delete(removed));
    this.#removing.add(removed);
    await removed;
  }
}
