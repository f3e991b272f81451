/** An engine that holds one training and can take more of its steps. */
export interface Engine {
  /** Loss of the first step, to tell whether engines compute the same thing. */
  readonly firstLoss: number;
  /** Takes some steps. @returns milliseconds of each */
  run(steps: number): Promise<readonly number[]>;
  close(): Promise<void>;
}

/** Milliseconds of each of `steps` calls. */
export const timed = async (
  steps: number,
  step: () => Promise<unknown>,
): Promise<readonly number[]> => {
  const times: number[] = [];
  for (let i = 0; i < steps; i++) {
    const start = performance.now();
    await step();
    times.push(performance.now() - start);
  }
  return times;
};

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1];
