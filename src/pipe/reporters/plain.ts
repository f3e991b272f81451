import type { RunEvent } from '../events/events.ts';
import { describeDifferences } from '../lock-file/describe.ts';
import {
  formatCount,
  formatCounts,
  formatFailure,
  formatProgress,
  formatSeconds,
} from './format.ts';

/** Milliseconds between two lines about the progress of one instance. */
const PROGRESS_INTERVAL = 10_000;

/** Renders events as lines, for pipes and log files. */
export function plainReporter(
  write: (line: string) => void,
  options: { readonly verbose?: boolean; readonly now?: () => number } = {},
): (event: RunEvent) => void {
  const { verbose = false, now = () => performance.now() } = options;
  const told = new Map<string, { readonly began: number; last: number }>();
  let total = 0;
  let over = 0;
  const place = () => `[${over}/${total}]`;

  return (event) => {
    switch (event.type) {
      case 'run-started': {
        total = event.stages.reduce((sum, stage) => sum + stage.total, 0);
        over = event.stages.reduce((sum, stage) => sum + stage.current, 0);
        const current = over > 0 ? `, ${over} of them current` : '';
        const what = formatCount(total, 'instance');
        const jobs = `${formatCount(event.jobs, 'job')} at a time`;
        return write(`profile ${event.profile}: ${what}${current}; ${jobs}${timeOf(event)}`);
      }
      case 'started': {
        told.set(event.instance, { began: now(), last: now() });
        const again = event.attempt > 1 ? `, attempt ${event.attempt}` : '';
        return write(`${place()} ${event.instance} started (${event.reason}${again})`);
      }
      case 'progress': {
        const entry = told.get(event.instance);
        if (entry === undefined || now() - entry.last < PROGRESS_INTERVAL) return;
        entry.last = now();
        const elapsed = (now() - entry.began) / 1000;
        return write(`  ${event.instance}: ${formatProgress(event.progress, elapsed)}`);
      }
      case 'output':
        if (verbose) write(`  ${event.instance}: ${event.line}`);
        return;
      case 'finished':
        over += 1;
        return write(`${place()} ${event.instance} done in ${formatSeconds(event.seconds)}`);
      case 'restored':
        over += 1;
        return write(
          `${place()} ${event.instance} restored from the ${event.remote ? 'remote ' : ''}cache`,
        );
      case 'unchanged':
        over += 1;
        return write(`${place()} ${event.instance} current: nothing it reads has changed`);
      case 'failed':
        for (const line of formatFailure(event.instance, event.failure, verbose)) write(line);
        if (event.retry)
          write(
            `${event.instance} will be tried again in ${formatSeconds((event.delay ?? 0) / 1000)}`,
          );
        return;
      case 'skipped':
        return write(`${event.instance} skipped: it needs ${event.because}`);
      case 'cancelled':
        if (verbose) write(`${event.instance} cancelled`);
        return;
      case 'warning': {
        const about = event.instance === undefined ? '' : `${event.instance}: `;
        return write(`warning: ${about}${event.message}`);
      }
      case 'compared':
        for (const line of comparisonLines(event)) write(line);
        return;
      case 'run-finished':
        return write(summaryLine(event));
    }
  };
}

/** How long a run takes if nothing comes out as it was; nothing where that cannot be told. */
export function timeOf({ estimate = 0 }: Extract<RunEvent, { type: 'run-started' }>): string {
  return estimate === 0 ? '' : `, at most about ${formatSeconds(estimate)}`;
}

/** The last line of a run. */
export function summaryLine(event: Extract<RunEvent, { type: 'run-finished' }>): string {
  const { counts, ok, seconds } = event;
  if (event.run === '') {
    return `nothing to do: ${formatCount(counts.current, 'instance')} current`;
  }
  return `${ok ? 'done' : 'not done'} in ${formatSeconds(seconds)}: ${formatCounts(counts)}`;
}

/** How the results compare with the lock file. */
export function comparisonLines({
  differences,
  byChance,
  instances,
  elsewhere,
}: Extract<RunEvent, { type: 'compared' }>): readonly string[] {
  if (differences.length > 0) return describeDifferences(differences);
  if (elsewhere === 0) return ['all as accepted: the same metrics and bytes'];
  const bytes =
    elsewhere === instances ? 'bytes' : `bytes of ${elsewhere} of ${instances} instances`;
  const because = 'as another type of machine made them';
  if (byChance.length === 0) {
    return [`all as accepted: the same metrics; ${bytes} are not compared, ${because}`];
  }
  return [
    ...describeDifferences(byChance),
    `as accepted, but for these few, which rounding may decide; ${bytes} are not compared, ${because}`,
  ];
}
