import { classOf, type Needs } from './batch.ts';
import type { Demand } from './fleet.ts';
import { agentsFor } from './need.ts';
import type { Slot } from './slots.ts';
import { depthOf, type Work } from './work.ts';

/** Work of one class. */
interface Line {
  readonly needs: Needs;
  /** What has no agent yet, the first to begin first. */
  readonly waiting: Work[];
  /** What has one. */
  readonly given: Set<Work>;
}

/** Work by what it needs, in the order in which it is to begin. */
export class Lines {
  readonly #lines = new Map<string, Line>();

  add(work: Work, needs: Needs): void {
    const kind = classOf(needs);
    const line = this.#lines.get(kind) ?? { needs, waiting: [], given: new Set() };
    this.#lines.set(kind, line);
    line.waiting.push(work);
  }

  /** Of work that is over, or not wanted any more. */
  remove(work: Work): void {
    const line = this.#lines.get(work.kind);
    if (line === undefined || line.given.delete(work)) return;
    const at = line.waiting.indexOf(work);
    if (at !== -1) line.waiting.splice(at, 1);
  }

  /** What waits for agents of a class, or of any. */
  waiting(kind?: string): readonly Work[] {
    const lines = kind === undefined ? [...this.#lines.values()] : [this.#lines.get(kind)];
    return lines.flatMap((line) => line?.waiting ?? []);
  }

  /** What each class deserves of which something waits. */
  demand(): ReadonlyMap<string, Demand> {
    const demand = new Map<string, Demand>();
    for (const [kind, { needs, waiting, given }] of this.#lines) {
      if (waiting.length === 0) continue;
      const outlooks = [...given, ...waiting].map(({ client }) => client?.outlook);
      demand.set(kind, { needs, agents: agentsFor(outlooks) });
    }
    return demand;
  }

  /**
   * Finds an agent for as much as possible, those that have nothing to do first.
   * @param timeLeft milliseconds until an agent ends; `undefined` if that is not known
   */
  assign(
    slots: Iterable<Slot>,
    timeLeft: (slot: Slot) => number | undefined,
  ): ReadonlyMap<Slot, readonly Work[]> {
    const assigned = new Map<Slot, Work[]>();
    const ready = [...slots].filter(({ isReady }) => isReady);
    for (const [kind, line] of this.#lines) {
      const own = ready.filter((slot) => slot.kind === kind);
      const { waiting, given } = line;
      const most = Math.max(0, ...own.map(({ work }) => work.size));
      for (let load = 0; waiting.length > 0 && load <= most + given.size; load += 1) {
        let isTaken = load < most;
        for (const slot of own) {
          const [next] = waiting;
          if (next === undefined || slot.work.size !== load) continue;
          if (load >= depthOf(next.client?.outlook?.seconds)) break;
          const left = timeLeft(slot);
          if (left !== undefined && left < (next.client?.job.time ?? 0)) continue;
          waiting.shift();
          given.add(next);
          slot.work.add(next.id);
          assigned.set(slot, [...(assigned.get(slot) ?? []), next]);
          isTaken = true;
        }
        if (!isTaken) break;
      }
    }
    return assigned;
  }
}
