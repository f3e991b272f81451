/** Counts what is going on: a run is over when nothing is. */
export class Activity {
  #count = 0;
  #resolve: () => void = () => {};
  /** Resolves when all that began has ended. */
  readonly over = new Promise<void>((resolve) => {
    this.#resolve = resolve;
  });

  begin(): void {
    this.#count += 1;
  }

  end(): void {
    this.#count -= 1;
    if (this.#count === 0) this.#resolve();
  }

  /** Goes on for as long as some work takes. */
  during(work: () => Promise<void>, failed: (error: unknown) => void): void {
    this.begin();
    work()
      .catch(failed)
      .finally(() => this.end());
  }
}
