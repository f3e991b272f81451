/** Milliseconds before the first retry. */
const DEFAULT_BACKOFF = 1000;

/** Milliseconds. */
const MAX_DELAY = 3_600_000;

/** Milliseconds from a failed attempt (from 1) to the next: doubles each time, up to an hour. */
export function delayAfter(attempt: number, backoff: number = DEFAULT_BACKOFF): number {
  return Math.min(backoff * 2 ** (attempt - 1), Math.max(MAX_DELAY, backoff));
}
