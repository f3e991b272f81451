/** The time of one step. */
export interface Sample {
  readonly ms: number;
  /** Processor time, which does not include other processes. */
  readonly cpuMs: number;
}

/** An engine with one training, which takes steps on demand. */
export interface Engine {
  /** Loss of the first step, to check that engines compute the same. */
  readonly firstLoss: number;
  /** From the definition of the step to the end of the first, compilation included, where it is measured. */
  readonly firstStepSeconds?: number;
  /** Takes some steps. */
  run(steps: number): Promise<readonly Sample[]>;
  close(): Promise<void>;
}

/** Times each of `steps` calls. */
export async function timed(
  steps: number,
  step: () => Promise<unknown>,
): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  for (let i = 0; i < steps; i++) {
    const start = performance.now();
    const used = process.cpuUsage();
    await step();
    const { user, system } = process.cpuUsage(used);
    samples.push({ ms: performance.now() - start, cpuMs: (user + system) / 1e3 });
  }
  return samples;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}
