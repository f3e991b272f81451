/** A monotonic clock with timers; tests use one that they advance by hand. */
export interface Clock {
  /** Milliseconds since an arbitrary moment; unaffected by changes of the date. */
  now(): number;
  /** Calls back once after a delay in milliseconds. @returns a function that cancels it */
  after(delay: number, callback: () => void): () => void;
}

/** The longest delay of setTimeout; with a longer one it fires at once. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/** The machine's clock. It stops while the machine sleeps, so sleep causes no timeouts. */
export const realClock: Clock = {
  now: () => performance.now(),
  after(delay, callback) {
    const end = performance.now() + delay;
    let timer: NodeJS.Timeout;
    const wait = (left: number) => {
      timer = setTimeout(
        () => (left > MAX_TIMEOUT ? wait(end - performance.now()) : callback()),
        Math.min(left, MAX_TIMEOUT),
      );
    };
    wait(delay);
    return () => clearTimeout(timer);
  },
};
