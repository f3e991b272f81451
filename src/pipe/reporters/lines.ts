import type {
  InstanceFailed,
  ResultsCompared,
  RunFinished,
  RunStarted,
  Warning,
} from '../events/events.ts';
import { LOCK_FILE } from '../lock-file/accepted.ts';
import { describeDifferences } from '../lock-file/describe.ts';
import { formatCount, formatCounts, formatFailure, formatSeconds } from './format.ts';

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
