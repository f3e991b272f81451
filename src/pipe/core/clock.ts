/** A monotonic clock with timers; tests use one that they advance by hand. */
export interface Clock {
  /** Milliseconds since an arbitrary moment; unaffected by changes of the date. */
  now(): number;
  /** Calls back once after a delay in milliseconds. @returns a function that cancels it */
  after(delay: number, callback: () => void): () => void;
}

/** The longest delay of setTimeout; with a longer one it fires at once. */
const MAX_TIMEOUT = 2 ** 31 - 1;

interface Timer {
  readonly end: number;
  readonly callback: () => void;
  handle?: NodeJS.Timeout;
}

/** The machine's clock. It stops while the machine sleeps, so sleep causes no timeouts. */
export class MachineClock implements Clock {
  readonly #timers = new Set<Timer>();
  #pausedAt: number | undefined;
  /** Milliseconds that it has stood still. */
  #lost = 0;

  now(): number {
    return (this.#pausedAt ?? performance.now()) - this.#lost;
  }

  after(delay: number, callback: () => void): () => void {
    const timer: Timer = { end: this.now() + delay, callback };
    this.#timers.add(timer);
    if (this.#pausedAt === undefined) this.#wait(timer);
    return () => {
      clearTimeout(timer.handle);
      this.#timers.delete(timer);
    };
  }

  /** Stands still, as when Ctrl-Z stops the processes whose time it measures. */
  pause(): void {
    if (this.#pausedAt !== undefined) return;
    this.#pausedAt = performance.now();
    for (const { handle } of this.#timers) clearTimeout(handle);
  }

  resume(): void {
    if (this.#pausedAt === undefined) return;
    this.#lost += performance.now() - this.#pausedAt;
    this.#pausedAt = undefined;
    for (const timer of this.#timers) this.#wait(timer);
  }

  #wait(timer: Timer): void {
    const left = timer.end - this.now();
    timer.handle = setTimeout(
      () => {
        if (left > MAX_TIMEOUT) return this.#wait(timer);
        this.#timers.delete(timer);
        timer.callback();
      },
      Math.min(left, MAX_TIMEOUT),
    );
  }
}

export const realClock: MachineClock = new MachineClock();

/** Milliseconds before the first retry. */
const DEFAULT_BACKOFF = 1000;

/** Milliseconds. */
const MAX_DELAY = 3_600_000;

/** Milliseconds from a failed attempt (from 1) to the next: doubles each time, up to an hour. */
export function delayAfter(attempt: number, backoff: number = DEFAULT_BACKOFF): number {
  return Math.min(backoff * 2 ** (attempt - 1), Math.max(MAX_DELAY, backoff));
}
