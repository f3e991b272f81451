/** The time as a run needs it; tests have one that they turn by hand. */
export interface Clock {
  /** Milliseconds since some moment; never goes back, whatever is done to the date. */
  now(): number;
  /** Calls back once after so many milliseconds. @returns a function that calls it off */
  after(delay: number, call: () => void): () => void;
}

/** The longest delay that setTimeout takes; it fires at once for a longer one. */
const LONGEST = 2 ** 31 - 1;

/** The machine's clock. While the machine sleeps it stands still, so nothing times out by that. */
export const realClock: Clock = {
  now: () => performance.now(),
  after(delay, call) {
    const end = performance.now() + delay;
    let timer: NodeJS.Timeout;
    const wait = (left: number) => {
      timer = setTimeout(
        () => (left > LONGEST ? wait(end - performance.now()) : call()),
        Math.min(left, LONGEST),
      );
    };
    wait(delay);
    return () => clearTimeout(timer);
  },
};
