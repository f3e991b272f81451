import { groupBy } from '../../tables/group-by.ts';
import type { InstanceFailed, RunEvent } from '../events/events.ts';
import type { Failure } from '../workers/failure.ts';
import { firstLine, formatCount, formatFailure, formatSeconds } from './format.ts';

/** Failures that are listed at the end of a run. */
const RECAP = 20;

/** Events between two failures that do not keep these apart. */
const MINOR: ReadonlySet<RunEvent['type']> = new Set([
  'failed',
  'skipped',
  'cancelled',
  'progress',
  'output',
]);

/**
 * Tells what failed. What befell many instances at once is told once, and what failed for good again at the end of a
 * run: by then it may have scrolled away.
 */
export class Failures {
  readonly #failed = new Map<string, Failure>();
  #told: string | undefined;
  #alike = 0;

  /** Takes in an event; returns what has to be told before it. */
  note(event: RunEvent): readonly string[] {
    if (event.type === 'run-started') this.#failed.clear();
    if (event.type === 'failed') return isSaid(event, this.#told) ? [] : this.#end();
    return MINOR.has(event.type) ? [] : this.#end();
  }

  /** @returns nothing where the failure before was the same */
  tell(event: InstanceFailed, verbose: boolean): readonly string[] {
    const { instance, failure, retry, delay = 0 } = event;
    if (!retry) {
      this.#failed.set(instance, failure);
      if (isSaid(event, this.#told)) {
        this.#alike += 1;
        return [];
      }
      this.#told = textOf(failure);
      return formatFailure(instance, failure, verbose);
    }
    if (isInterruption(event)) {
      return [
        `${instance} interrupted: ${failure.message}`,
        `${instance} will be tried again, which does not count as a retry`,
      ];
    }
    const when = delay < 50 ? 'at once' : `in ${formatSeconds(delay / 1000)}`;
    return [...formatFailure(instance, failure, verbose), `${instance} will be retried ${when}`];
  }

  /** What failed for good. */
  recap(): readonly string[] {
    if (this.#failed.size === 0) return [];
    const texts = [...this.#failed].map(([instance, { message, frames = [] }]) => {
      const place = frames.length === 0 ? '' : ` (${frames[0]})`;
      return [instance, `${firstLine(message)}${place}`] as const;
    });
    const all = listFailures(texts);
    const shown = all.slice(0, RECAP);
    const more = all.length - shown.length;
    if (more > 0) shown.push(`and ${more} more: npx pipe status lists them`);
    return [`${formatCount(this.#failed.size, 'failure')}:`, ...shown.map((line) => `  ${line}`)];
  }

  #end(): readonly string[] {
    const count = this.#alike;
    this.#told = undefined;
    this.#alike = 0;
    return count === 0 ? [] : [`  and ${formatCount(count, 'other instance')} in the same way`];
  }
}

/** A line for each reason, with the first instance that it befell. */
export function listFailures(
  failures: Iterable<readonly [instance: string, text: string]>,
): string[] {
  return [...groupBy(failures, ([, text]) => firstLine(text))].map(([text, all]) => {
    const others = all.length === 1 ? '' : ` and ${formatCount(all.length - 1, 'other')}`;
    return `${all[0][0]}${others}: ${text}`;
  });
}

/** Whether an attempt ended through no fault of the stage, and does not count. */
export function isInterruption({ failure, retry }: InstanceFailed): boolean {
  return retry && failure.kind === 'interrupted';
}

function isSaid({ failure, retry }: InstanceFailed, told: string | undefined): boolean {
  return !retry && textOf(failure) === told;
}

function textOf({ message, hint, log }: Failure): string {
  return JSON.stringify([message, hint, log]);
}
