import type {
  ResultsCompared,
  RunCounts,
  RunFinished,
  RunStarted,
  Warning,
} from '../events/events.ts';
import { LOCK_FILE } from '../lock-file/accepted.ts';
import { describeDifferences } from '../lock-file/compare.ts';
import { formatCount, formatCounts, formatSeconds } from './format.ts';

/** How long a run takes if no instance turns out current on the way; empty if unknown. */
export function estimateOf({ estimate = 0 }: RunStarted): string {
  return estimate === 0 ? '' : `, at most about ${formatSeconds(estimate)}`;
}

/** The last line of a run. */
export function summaryLine({ counts, ok, run, seconds }: RunFinished): string {
  if (run === '') return `nothing to do: ${formatCount(counts.current, 'instance')} current`;
  const verb = ok ? 'done in' : `${describeEnd(counts)} after`;
  return `${verb} ${formatSeconds(seconds)}: ${formatCounts(counts)}`;
}

/** How a run ended that did not make everything. */
export function describeEnd({ failed, left = 0 }: RunCounts): string {
  if (failed > 0) return 'failed';
  return left > 0 ? 'detached' : 'stopped';
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
