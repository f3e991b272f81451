import type { RunEvent } from '../events/events.ts';
import { Failures } from './failures.ts';
import { formatCount, formatSeconds } from './format.ts';
import { comparisonLines, estimateOf, summaryLine, warningText } from './lines.ts';
import { Pace } from './pace.ts';

/** Milliseconds between two progress lines of one instance. */
const PROGRESS_INTERVAL = 10_000;

/** Renders events as lines, for pipes and log files. */
export function plainReporter(
  write: (line: string) => void,
  options: { readonly verbose?: boolean; readonly now?: () => number } = {},
): (event: RunEvent) => void {
  const { verbose = false, now = () => performance.now() } = options;
  const running = new Map<string, { readonly pace: Pace; reported: number }>();
  let total = 0;
  let over = 0;
  const failures = new Failures();
  const place = () => `[${over}/${total}]`;

  return (event) => {
    for (const line of failures.note(event)) write(line);
    switch (event.type) {
      case 'run-started': {
        total = event.stages.reduce((sum, stage) => sum + stage.total, 0);
        over = event.stages.reduce((sum, stage) => sum + stage.current, 0);
        const current = over > 0 ? `, ${over} current` : '';
        const jobs = `${formatCount(event.jobs, 'job')} at a time${estimateOf(event)}`;
        return write(
          `profile ${event.profile}: ${formatCount(total, 'instance')}${current}; ${jobs}`,
        );
      }
      case 'run-extended': {
        total = event.stages.reduce((sum, stage) => sum + stage.total, 0);
        over = event.stages.reduce((sum, stage) => sum + stage.current, 0);
        return write(`${formatCount(total, 'instance')} now known`);
      }
      case 'started': {
        running.set(event.instance, { pace: new Pace(), reported: now() });
        const again = event.attempt > 1 ? `, attempt ${event.attempt}` : '';
        const where = event.host === undefined ? '' : ` on ${event.host.node}`;
        return write(`${place()} ${event.instance} started${where} (${event.reason}${again})`);
      }
      case 'progress': {
        const entry = running.get(event.instance);
        entry?.pace.note(event.progress, now());
        if (entry === undefined || now() - entry.reported < PROGRESS_INTERVAL) return;
        entry.reported = now();
        return write(`  ${event.instance}: ${entry.pace.describe(now())}`);
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
        return write(`${place()} ${event.instance} current: its inputs did not change`);
      case 'failed':
        for (const line of failures.tell(event, verbose)) write(line);
        return;
      case 'skipped':
        return write(`${event.instance} skipped: ${event.because} failed`);
      case 'cancelled':
        if (verbose)
          write(`${event.instance} ${event.isLeft === true ? 'left running' : 'cancelled'}`);
        return;
      case 'notice':
        return write(`  ${event.instance}: ${event.message}`);
      case 'warning':
        return write(`warning: ${warningText(event)}`);
      case 'compared':
        for (const line of comparisonLines(event)) write(line);
        return;
      case 'run-finished':
        for (const line of failures.recap()) write(line);
        return write(summaryLine(event));
    }
  };
}
