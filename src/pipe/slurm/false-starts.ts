import { fixOf } from './job-script.ts';
import type { Refusal } from './refusal.ts';
import { describeState } from './scheduler.ts';
import type { Slot } from './slots.ts';

/** Arrays that end without a word from any of their agents until that is an error. */
const MOST = 3;
/** Lines of the log of the last such job. */
const LOG_LINES = 20;

/** Counts, by class, the arrays in a row whose jobs ended before their agents began. */
export class FalseStarts {
  readonly #counts = new Map<string, number>();

  /** An agent of a class has begun. */
  clear(kind: string): void {
    this.#counts.delete(kind);
  }

  /**
   * @param slot the last of its array
   * @param printed by its job, as far as that can be seen here
   * @param log where all of it is
   * @returns what to warn of, or why it is not tried any more
   */
  note({ kind, state, reason }: Slot, printed: string, log: string): string | Refusal {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    const lines = printed.trimEnd().split('\n').slice(-LOG_LINES);
    const last = lines.at(-1) ?? '';
    const how = `${describeState(state)} before it began (${reason})`;
    if (count < MOST) return `a job ${how}${last === '' ? '' : `: ${last}`}`;
    this.#counts.delete(kind);
    return {
      message: `${count} times its job ${how}; see ${log}`,
      hint: fixOf(printed),
      ...(last === '' ? {} : { log: lines }),
    };
  }
}
