import type { Batch, Needs } from './batch.ts';
import { classOf, slotsOf } from './batch.ts';
import type { Hello } from './messages.ts';
import { describeState, hasEnded, type QueueLine } from './scheduler.ts';

/** Milliseconds that a word of an agent may be on its way after its job has ended. */
const LATE = 10_000;
/** Answers in which a job is missing until it counts as ended: the controller forgets them after a while. */
const MISSING = 2;

/** The place of one agent: its job waits, runs or has ended. */
export class Slot {
  readonly name: string;
  readonly needs: Needs;
  readonly kind: string;
  readonly batch: string;
  /** Ids of the attempts that it has been given and has not ended. */
  readonly work = new Set<string>();
  hello: Hello | undefined;
  /** Milliseconds: when it said hello first. */
  since = 0;
  /** Slurm's id of its job, once that is known. */
  job: string | undefined;
  state = 'PENDING';
  reason = '';
  /** Milliseconds: when it was heard of last. */
  heard: number;
  /** It takes no more orders. */
  isEnding = false;
  /** It has said goodbye. */
  isGone = false;
  /** Milliseconds: when its job turned out to have ended. */
  ended: number | undefined;
  /** Its job was told to end. */
  isCancelled = false;
  #missing = 0;

  constructor(name: string, { id, needs }: Batch, now: number) {
    this.name = name;
    this.needs = needs;
    this.kind = classOf(needs);
    this.batch = id;
    this.heard = now;
  }

  get isReady(): boolean {
    return this.hello !== undefined && !this.isEnding && !this.isGone && this.ended === undefined;
  }

  /** Whether it will take orders, now or when its job starts. */
  get isOfUse(): boolean {
    return !this.isEnding && !this.isGone && this.ended === undefined && !this.isCancelled;
  }

  /** What a good answer of the queue says about its job; `undefined` if it is not in there. */
  see(line: QueueLine | undefined, now: number): void {
    if (line === undefined) {
      this.#missing += 1;
      if (this.#missing >= MISSING) this.ended ??= now;
      return;
    }
    this.#missing = 0;
    this.job ??= line.id;
    this.state = line.state;
    this.reason = line.reason;
    if (hasEnded(line.state)) this.ended ??= now;
  }

  /** Whether nothing more can come of it. */
  isLost(now: number): boolean {
    if (this.isGone || this.ended === undefined) return false;
    // Of one that has not said a word there is little to come.
    const late = this.hello === undefined ? LATE / 5 : LATE;
    return now - Math.max(this.ended, this.heard) >= late;
  }
}

/** Why nothing more can come of it. */
export function lossOf({ state, hello, name, isGone, isCancelled }: Slot): string {
  const where =
    hello === undefined ? `the job of ${name}` : `its job ${hello.job} on ${hello.node}`;
  if (isGone) return `${where} ended`;
  return `${where} ${isCancelled ? 'was silent and was given up' : describeState(state)}`;
}

/** Slots by name. */
export class Slots {
  readonly #all = new Map<string, Slot>();

  add(batch: Batch, now: number): readonly Slot[] {
    const slots = slotsOf(batch).map((name) => new Slot(name, batch, now));
    for (const slot of slots) this.#all.set(slot.name, slot);
    return slots;
  }

  get(name: string): Slot | undefined {
    return this.#all.get(name);
  }

  delete(name: string): void {
    this.#all.delete(name);
  }

  get size(): number {
    return this.#all.size;
  }

  *[Symbol.iterator](): IterableIterator<Slot> {
    yield* this.#all.values();
  }

  /** Of a class, or of all. */
  count(isCounted: (slot: Slot) => boolean): number {
    let count = 0;
    for (const slot of this.#all.values()) if (isCounted(slot)) count += 1;
    return count;
  }

  /** @param lines a good answer of the queue */
  see(lines: readonly QueueLine[], now: number): void {
    const byName = new Map(
      lines.map((line) => [`${line.batch}-${line.id.split('_')[1] ?? '0'}`, line]),
    );
    for (const slot of this.#all.values()) if (!slot.isGone) slot.see(byName.get(slot.name), now);
  }
}
