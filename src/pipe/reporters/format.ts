import type { RunCounts } from '../events/events.ts';
import type { Progress } from '../pipeline/contract.ts';
import type { Failure } from '../workers/failure.ts';

/** `0.4 s`, `12 s`, `3 min 20 s`, `1 h 5 min` */
export function formatSeconds(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `812 B`, `3.4 MB` */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** Of a text that may have several. */
export function firstLine(text: string): string {
  return text.split('\n', 1)[0];
}

/** `2 instances` */
export function formatCount(count: number, unit: string): string {
  if (count === 1) return `1 ${unit}`;
  return `${count} ${unit.endsWith('y') ? `${unit.slice(0, -1)}ies` : `${unit}s`}`;
}

/**
 * `step 120/600, loss 0.31`, with the rate and the time left where they are known.
 * @param pace what was done of it in some seconds
 */
export function formatProgress(
  { done, total, unit, values = {} }: Progress,
  pace: { readonly done: number; readonly seconds: number },
): string {
  const parts = [`${unit} ${done}/${total}`];
  for (const [name, value] of Object.entries(values)) parts.push(`${name} ${formatNumber(value)}`);
  if (pace.seconds > 0.5 && pace.done > 0) {
    const rate = pace.done / pace.seconds;
    parts.push(`${formatNumber(rate)} ${unit}s/s`, `${formatSeconds((total - done) / rate)} left`);
  }
  return parts.join(', ');
}

function formatNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(3);
}

/** `3 ran, 2 restored from the cache, 140 current` */
export function formatCounts(counts: RunCounts): string {
  const named: readonly (readonly [number, string])[] = [
    [counts.failed, 'failed'],
    [counts.skipped, 'skipped'],
    [counts.left ?? 0, 'left running'],
    [counts.cancelled, 'cancelled'],
    [counts.ran, 'ran'],
    [counts.restored, 'restored from the cache'],
    [counts.current, 'current'],
  ];
  const parts = named.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return parts.length === 0 ? 'nothing to do' : parts.join(', ');
}

/** A failure as lines: what happened, where, the last lines of the log, the fix. */
export function formatFailure(
  instance: string,
  { message, hint, log, stack, frames = [] }: Failure,
  verbose = false,
): readonly string[] {
  const lines = [`${instance} failed: ${message}`];
  if (verbose && stack !== undefined) lines.push(...stack.split('\n').map((line) => `  ${line}`));
  else lines.push(...frames.map((place) => `  at ${place}`));
  if (log !== undefined) {
    lines.push('  last lines of its log:', ...log.map((line) => `  | ${line}`));
  }
  if (hint !== undefined) lines.push(`  fix: ${hint}`);
  else if (stack !== undefined && frames.length === 0 && !verbose) {
    lines.push('  fix: add --verbose for the stack');
  }
  return lines;
}
