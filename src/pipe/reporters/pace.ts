import type { Progress } from '../pipeline/contract.ts';
import { formatProgress } from './format.ts';

/**
 * The progress of a running instance. Its rate counts from the first report: neither loading nor what a checkpoint had
 * already changes it.
 */
export class Pace {
  #first: { readonly at: number; readonly done: number } | undefined;
  #last: Progress | undefined;

  /** @param now milliseconds */
  note(progress: Progress, now: number): void {
    this.#last = progress;
    this.#first ??= { at: now, done: progress.done };
  }

  /** With the rate and the time left once they are known; `undefined` before the first report. */
  describe(now: number): string | undefined {
    if (this.#last === undefined || this.#first === undefined) return undefined;
    const { at, done } = this.#first;
    return formatProgress(this.#last, { done: this.#last.done - done, seconds: (now - at) / 1000 });
  }
}
