import type { Slot } from './slots.ts';

/** Milliseconds after which the user is told what is waited for. */
const LONG = 30_000;

/** Watches how long all jobs have been waiting in the queue. */
export class FirstWait {
  #since: number | undefined;
  #told = '';

  /** @returns what the user should know: each reason once */
  note(slots: Iterable<Slot>, now: number): string | undefined {
    const all = [...slots];
    const isWaiting =
      all.length > 0 && all.every(({ state, hello }) => state === 'PENDING' && !hello);
    if (!isWaiting) {
      this.#since = undefined;
      return undefined;
    }
    this.#since ??= now;
    const [{ reason }] = all;
    if (now - this.#since < LONG || reason === this.#told) return undefined;
    this.#told = reason;
    return `no job has started yet: Slurm says ${reason}`;
  }
}
