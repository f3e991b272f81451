import type { RunEvent } from '../events/events.ts';

/** Renders each event as one line of JSON with its time, for other programs. */
export function jsonReporter(
  write: (line: string) => void,
  now: () => Date = () => new Date(),
): (event: RunEvent) => void {
  return (event) => write(JSON.stringify({ time: now().toISOString(), ...event }));
}
