/** Concurrent requests to a remote cache. */
export const MAX_CONCURRENT = 8;

/** Runs at most a number of tasks at a time; the others wait in order. */
export class ConcurrencyLimit {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.#free = limit;
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}

/** Like Promise.all, but waits until all have settled before it rejects. */
export async function allSettled<T>(work: Iterable<Promise<T>>): Promise<readonly T[]> {
  const promises = [...work];
  await Promise.allSettled(promises);
  return await Promise.all(promises);
}
