import { delayAfter } from '../core/backoff.ts';
import type { Clock } from '../core/clock.ts';
import type { Instance, InstanceId } from '../pipeline/graph.ts';

/** Counts attempts, and waits before the next ones. */
export class Retries {
  readonly #clock: Clock;
  readonly #attempts = new Map<InstanceId, number>();
  readonly #waiting = new Map<Instance, () => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts a new attempt; returns its number, from 1. */
  begin(id: InstanceId): number {
    const attempt = this.attempt(id) + 1;
    this.#attempts.set(id, attempt);
    return attempt;
  }

  /** Number of the last attempt, 0 before the first. */
  attempt(id: InstanceId): number {
    return this.#attempts.get(id) ?? 0;
  }

  /** Whether a failed instance may be tried again; not if it failed before its first attempt. */
  isLeft({ id, retries }: Instance): boolean {
    const made = this.attempt(id);
    return made > 0 && made <= retries;
  }

  /** Calls back when it is time for the next attempt; returns the delay in milliseconds. */
  later(instance: Instance, call: () => void): number {
    const delay = delayAfter(this.attempt(instance.id), instance.backoff);
    const callOff = this.#clock.after(delay, () => {
      this.#waiting.delete(instance);
      call();
    });
    this.#waiting.set(instance, callOff);
    return delay;
  }

  /** Calls off all that wait; returns them. */
  clear(): readonly Instance[] {
    const waiting = [...this.#waiting.keys()];
    for (const callOff of this.#waiting.values()) callOff();
    this.#waiting.clear();
    return waiting;
  }
}
