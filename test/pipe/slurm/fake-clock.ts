import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../../src/pipe/core/clock.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock that goes as fast as what waits for it. */
export class FakeClock implements Clock {
  #now = 0;
  #count = 0;
  /** A binary heap, the next first. */
  readonly #timers: Timer[] = [];
  readonly #off = new Set<Timer>();

  now(): number {
    return this.#now;
  }

  after(delay: number, callback: () => void): () => void {
    this.#count += 1;
    const timer = { at: this.#now + delay, order: this.#count, callback };
    this.#push(timer);
    return () => void this.#off.add(timer);
  }

  /** Milliseconds that are left to everything that waits. */
  waits(): readonly number[] {
    return this.#timers.filter((timer) => !this.#off.has(timer)).map(({ at }) => at - this.#now);
  }

  /** Lets time pass, and all happen that happens meanwhile. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    await nextTurn();
    for (let next = this.#pop(end); next !== undefined; next = this.#pop(end)) {
      const isNewMoment = next.at > this.#now;
      this.#now = next.at;
      if (isNewMoment) await nextTurn();
      if (!this.#off.delete(next)) next.callback();
    }
    this.#now = end;
    await nextTurn();
  }

  #push(timer: Timer): void {
    const heap = this.#timers;
    heap.push(timer);
    let at = heap.length - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (isBefore(heap[above], timer)) break;
      heap[at] = heap[above];
      at = above;
    }
    heap[at] = timer;
  }

  #pop(end: number): Timer | undefined {
    const heap = this.#timers;
    const [first] = heap;
    if (first === undefined || first.at > end) return undefined;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1], heap[below])) below += 1;
      if (isBefore(last, heap[below])) break;
      heap[at] = heap[below];
      at = below;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
