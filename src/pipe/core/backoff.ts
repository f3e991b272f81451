/** Milliseconds before the first retry, unless the stage says otherwise. */
const BACKOFF = 1000;

/** Milliseconds; waiting longer than this helps nobody. */
const LONGEST = 3_600_000;

/** Milliseconds before the attempt after this one: doubled with each, at most an hour. */
export function delayAfter(attempt: number, backoff: number = BACKOFF): number {
  return Math.min(backoff * 2 ** (attempt - 1), Math.max(LONGEST, backoff));
}
