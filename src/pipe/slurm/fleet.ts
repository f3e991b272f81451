import { randomBytes } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import {
  type AgentSettings,
  type Apart,
  type Batch,
  limitOf,
  logOf,
  type Needs,
  slotsOf,
  submissionOf,
} from './batch.ts';
import { FalseStarts } from './false-starts.ts';
import { FirstWait } from './first-wait.ts';
import type { Report } from './messages.ts';
import type { Post } from './post.ts';
import { explainRefusal, type Refusal } from './refusal.ts';
import { type Scheduler, SchedulerError } from './scheduler.ts';
import type { Site } from './site.ts';
import { lossOf, type Slot, Slots } from './slots.ts';

/** Jobs of one array; clusters have limits. */
const MOST_OF_A_BATCH = 1000;
/** Milliseconds: what is ready at the same time is submitted at once. */
const GATHER = 300;
/** Milliseconds after which a silent agent is asked about. */
const SILENT = 20_000;
/** Milliseconds between two such questions. */
const URGENT = 5_000;
/** Milliseconds that agents are given to leave at the end of a run. */
const LEAVE = 5_000;

/** What a class of work that waits for agents deserves. */
export interface Demand {
  readonly needs: Needs;
  /** Agents, with those that it has. */
  readonly agents: number;
}

export interface FleetOptions {
  readonly scheduler: Scheduler;
  readonly post: Post;
  readonly clock: Clock;
  readonly site: Site;
  /** Path of the agents' program. */
  readonly program: string;
  readonly settings: Omit<AgentSettings, 'batch'>;
  /** How they start where the nodes see nothing of the project. */
  readonly apart?: (() => Apart) | undefined;
  /** Agents at a time. */
  readonly most: number;
  /** What the job of a slot has printed, as far as that can be seen here. */
  readonly logOf: (slot: string) => string;
  /** Told why no agent of a class can be had. */
  readonly refused: (kind: string, why: Refusal) => void;
  readonly warn: (message: string) => void;
}

/** The jobs of this project: asks Slurm for them, watches over them, and judges which are lost. One call at a time. */
export class Fleet {
  readonly slots = new Slots();
  /** Why no agent of a class can be had in this run. */
  readonly refusals = new Map<string, Refusal>();
  readonly #options: FleetOptions;
  readonly #falseStarts = new FalseStarts();
  readonly #since = new Map<string, number>();
  readonly #toCancel = new Set<string>();
  #isCalling = false;
  #called = Number.NEGATIVE_INFINITY;
  #listed = Number.NEGATIVE_INFINITY;
  #wasSubmission = false;
  #silentController: number | undefined;
  readonly #firstWait = new FirstWait();
  readonly #warned = new Set<string>();

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  /** Takes over what earlier runs have submitted; resolves when the queue has been asked about it. */
  async adopt(): Promise<void> {
    const { post, clock } = this.#options;
    const open = new Set(post.slots());
    for (const batch of post.batches()) {
      for (const { name } of this.slots.add(batch, clock.now())) {
        if (!open.has(name)) this.slots.delete(name);
      }
    }
    for (const name of open) if (this.slots.get(name) === undefined) post.close(name);
    if (this.slots.size > 0) await this.#call(() => this.#list());
  }

  /** One look: at most one call is begun. */
  turn(demand: ReadonlyMap<string, Demand>): void {
    const { clock, site } = this.#options;
    const now = clock.now();
    for (const kind of [...this.#since.keys()]) if (!demand.has(kind)) this.#since.delete(kind);
    for (const kind of demand.keys()) if (!this.#since.has(kind)) this.#since.set(kind, now);
    if (this.#isCalling) return;
    if (this.#toCancel.size > 0) return void this.#call(() => this.#cancel());
    const lacking = [...demand].filter(([kind, one]) => this.#lack(kind, one) > 0);
    const first = lacking.find(
      ([kind]) => this.#have(kind) === 0 && now - (this.#since.get(kind) ?? now) >= GATHER,
    );
    const isTime = now - this.#called >= site.poll;
    const isUnsure = this.#silentController !== undefined && !isTime;
    if (first !== undefined && !isUnsure) return void this.#call(() => this.#submit(...first));
    const isUrgent = now - this.#listed >= URGENT && this.#hasSilent(now);
    if (!isTime && !isUrgent) return;
    if (lacking.length > 0 && !this.#wasSubmission && !isUrgent) {
      return void this.#call(() => this.#submit(...lacking[0]));
    }
    if (this.slots.size > 0) void this.#call(() => this.#list());
  }

  /** Whether some class waits for a place that agents without work have. */
  isCrowded(demand: ReadonlyMap<string, Demand>): boolean {
    for (const kind of demand.keys()) {
      if (this.slots.count((slot) => slot.kind === kind && slot.isReady) === 0) return true;
    }
    return false;
  }

  /** Slots of which nothing more can come, taken out; with the reason. */
  takeLost(): readonly (readonly [slot: Slot, reason: string])[] {
    const { clock, site, post } = this.#options;
    const now = clock.now();
    const lost: (readonly [Slot, string])[] = [];
    for (const slot of this.slots) {
      if (slot.isGone || slot.isLost(now)) {
        lost.push([slot, lossOf(slot)]);
        this.slots.delete(slot.name);
        post.close(slot.name);
        if (slot.hello === undefined) this.#falseStart(slot);
        continue;
      }
      const isWatched = slot.hello !== undefined && slot.ended === undefined && !slot.isCancelled;
      if (isWatched && now - slot.heard > site.lease) this.cancel(slot);
    }
    return lost;
  }

  /** Ends the job of an agent. */
  cancel(slot: Slot): void {
    slot.isCancelled = true;
    if (slot.job !== undefined) this.#toCancel.add(slot.job);
  }

  noteHello(slot: Slot): void {
    this.#falseStarts.clear(slot.kind);
  }

  /** Ids of all jobs that may be there. */
  get jobs(): readonly string[] {
    return [...this.slots].flatMap(({ job, ended }) => (job === undefined || ended ? [] : [job]));
  }

  /** Milliseconds until the time limit of an agent; `undefined` where that is not known. */
  timeLeft({ needs, since }: Slot): number | undefined {
    const { clock, site } = this.#options;
    const limit = limitOf(needs, site);
    return limit === undefined ? undefined : since + limit - clock.now();
  }

  /**
   * Ends all agents, and waits for them for a while.
   * @param exit tells one
   * @param hear takes in what they say
   */
  async disband(
    exit: (slot: Slot) => void,
    hear: (slot: string, report: Report) => void,
  ): Promise<void> {
    const { clock, scheduler, post } = this.#options;
    const isThere = ({ isGone, ended }: Slot) => !isGone && ended === undefined;
    const idsOf = (isMeant: (slot: Slot) => boolean) =>
      [...this.slots].flatMap((slot) => (isMeant(slot) && slot.job ? [slot.job] : []));
    const isWaiting = ({ hello }: Slot) => hello === undefined;
    for (const slot of this.slots) if (!isWaiting(slot)) exit(slot);
    await scheduler.cancel(idsOf(isWaiting)).catch(() => {});
    const isStaying = (slot: Slot) => !isWaiting(slot) && isThere(slot);
    const end = clock.now() + LEAVE;
    while (this.slots.count(isStaying) > 0 && clock.now() < end) {
      await new Promise<void>((resolve) => clock.after(LEAVE / 50, resolve));
      post.receive(hear);
    }
    await scheduler.cancel(idsOf(isStaying)).catch(() => {});
  }

  #have(kind: string): number {
    // What has just ended without a word is not replaced before it is clear why.
    const isUndecided = ({ hello, ended }: Slot) => hello === undefined && ended !== undefined;
    return this.slots.count((slot) => slot.kind === kind && (slot.isOfUse || isUndecided(slot)));
  }

  #lack(kind: string, { agents }: Demand): number {
    const { most } = this.#options;
    const room = most - this.slots.count(({ isGone, ended }) => !isGone && ended === undefined);
    return Math.min(agents - this.#have(kind), room, MOST_OF_A_BATCH);
  }

  #hasSilent(now: number): boolean {
    for (const { hello, isGone, heard, ended } of this.slots) {
      if (hello !== undefined && !isGone && ended === undefined && now - heard > SILENT)
        return true;
    }
    return false;
  }

  async #submit(kind: string, demand: Demand): Promise<void> {
    const { scheduler, post, clock, site, program, settings, most, apart } = this.#options;
    const size = this.#lack(kind, demand);
    const batch: Batch = { id: randomBytes(4).toString('hex'), needs: demand.needs, size };
    this.#wasSubmission = true;
    post.open(batch, slotsOf(batch));
    const slots = this.slots.add(batch, clock.now());
    const own = { ...settings, batch: batch.id };
    try {
      const id = await scheduler.submit(
        submissionOf(batch, post.name, most, program, own, site, apart?.()),
      );
      for (const [task, slot] of slots.entries()) slot.job ??= `${id}_${task}`;
    } catch (error) {
      // Without an answer it may have been submitted: the queue will tell.
      if (error instanceof SchedulerError && error.isUnanswered) throw error;
      for (const { name } of slots) {
        this.slots.delete(name);
        post.close(name);
      }
      const refusal = explainRefusal((error as Error).message, demand.needs, site);
      // Such as a limit of jobs: those that there are go on.
      if (this.#have(kind) > 0) this.#warnOnce(refusal.message);
      else this.#refuse(kind, refusal);
    }
  }

  async #list(): Promise<void> {
    const { scheduler, post, clock, warn } = this.#options;
    this.#wasSubmission = false;
    this.#listed = clock.now();
    const lines = await scheduler.list(post.name);
    this.slots.see(lines, clock.now());
    const told = this.#firstWait.note(this.slots, clock.now());
    if (told !== undefined) warn(told);
  }

  async #cancel(): Promise<void> {
    const ids = [...this.#toCancel];
    await this.#options.scheduler.cancel(ids);
    for (const id of ids) this.#toCancel.delete(id);
  }

  async #call(work: () => Promise<void>): Promise<void> {
    const { clock, warn } = this.#options;
    this.#isCalling = true;
    try {
      await work();
      if (this.#silentController !== undefined) warn('Slurm answers again');
      this.#silentController = undefined;
    } catch (error) {
      // Nothing is known until it answers: what runs goes on.
      if (this.#silentController === undefined)
        warn(`Slurm does not answer: ${(error as Error).message}`);
      this.#silentController ??= clock.now();
    } finally {
      this.#isCalling = false;
      this.#called = clock.now();
    }
  }

  #falseStart(slot: Slot): void {
    const { settings, apart } = this.#options;
    const { kind, batch, name, isCancelled } = slot;
    const printed = this.#options.logOf(name);
    for (const other of this.slots) if (other.batch === batch) return;
    if (isCancelled) return;
    const path = logOf(settings.folder, name, apart !== undefined);
    const outcome = this.#falseStarts.note(slot, printed, path);
    if (typeof outcome === 'string') this.#warnOnce(outcome);
    else this.#refuse(kind, outcome);
  }

  #refuse(kind: string, why: Refusal): void {
    this.refusals.set(kind, why);
    this.#options.refused(kind, why);
  }

  #warnOnce(message: string): void {
    if (this.#warned.has(message)) return;
    this.#warned.add(message);
    this.#options.warn(message);
  }
}
