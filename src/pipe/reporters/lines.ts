import type {
  InstanceFailed,
  ResultsCompared,
  RunEvent,
  RunFinished,
  RunStarted,
  Warning,
} from '../events/events.ts';
import { LOCK_FILE } from '../lock-file/accepted.ts';
import { describeDifferences } from '../lock-file/compare.ts';
import type { Failure } from '../workers/failure.ts';
import { formatCount, formatCounts, formatFailure, formatSeconds } from './format.ts';

/** Failures that are listed at the end of a run. */
const RECAP = 20;

/** How long a run takes if no instance turns out current on the way; empty if unknown. */
export function estimateOf({ estimate = 0 }: RunStarted): string {
  return estimate === 0 ? '' : `, at most about ${formatSeconds(estimate)}`;
}

/** The last line of a run. */
export function summaryLine({ counts, ok, run, seconds }: RunFinished): string {
  if (run === '') return `nothing to do: ${formatCount(counts.current, 'instance')} current`;
  const verb = ok ? 'done in' : counts.failed > 0 ? 'failed after' : 'stopped after';
  return `${verb} ${formatSeconds(seconds)}: ${formatCounts(counts)}`;
}

export function failureLines(event: InstanceFailed, verbose: boolean): readonly string[] {
  return formatFailure(event.instance, event.failure, verbose);
}

/** Notes what failed for good, to say it again at the end of a run: by then it may have scrolled away. */
export class FailureRecap {
  readonly #failed = new Map<string, Failure>();

  note(event: RunEvent): void {
    if (event.type === 'run-started') this.#failed.clear();
    if (event.type === 'failed' && !event.retry) this.#failed.set(event.instance, event.failure);
  }

  lines(): readonly string[] {
    if (this.#failed.size === 0) return [];
    const shown = [...this.#failed].slice(0, RECAP).map(([instance, { message, frames = [] }]) => {
      const [first] = message.split('\n', 1);
      return `  ${instance}: ${first}${frames.length === 0 ? '' : ` (${frames[0]})`}`;
    });
    const more = this.#failed.size - shown.length;
    if (more > 0) shown.push(`  and ${more} more: npx pipe status lists them`);
    return [`${formatCount(this.#failed.size, 'failure')}:`, ...shown];
  }
}

/** Empty unless the instance will be tried again. */
export function retryLines({ instance, retry, delay = 0 }: InstanceFailed): readonly string[] {
  return retry ? [`${instance} will be retried in ${formatSeconds(delay / 1000)}`] : [];
}

export function warningText({ instance, message }: Warning): string {
  return instance === undefined ? message : `${instance}: ${message}`;
}

/** How the results compare with the lock file. */
export function comparisonLines(event: ResultsCompared): readonly string[] {
  const { differences, byChance, instances, elsewhere } = event;
  if (differences.length > 0) return describeDifferences(differences);
  if (elsewhere === 0) return [`results match ${LOCK_FILE}: same metrics, same bytes`];
  const which = elsewhere === instances ? '' : ` for ${elsewhere} of ${instances} instances`;
  const bytes = `bytes not compared${which}, made on another type of machine`;
  if (byChance.length === 0) return [`results match ${LOCK_FILE}: same metrics; ${bytes}`];
  return [
    ...describeDifferences(byChance),
    `results match ${LOCK_FILE} except for the above, so few that rounding can explain them; ${bytes}`,
  ];
}
