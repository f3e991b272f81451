import { availableParallelism, cpus, hostname, totalmem } from 'node:os';
import type { Capacity } from './queue.ts';

/** The machine as run records describe it. */
export interface Machine {
  readonly host: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  /** Bytes. */
  readonly memory: number;
  readonly node: string;
}

export function describeMachine(): Machine {
  return {
    host: hostname(),
    platform: `${process.platform}-${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory: totalmem(),
    node: process.version,
  };
}

/**
 * What decides how floating-point results are rounded, as far as it can be told from here: numeric libraries
 * choose their kernels by the processor.
 */
export function machineType({ platform, cpu }: Machine): string {
  return `${platform}, ${cpu}`;
}

/** What a run may occupy. `SHATTER_GPUS` says how many GPUs there are: nothing portable can count them. */
export function capacityOf(jobs: number | undefined): Capacity {
  return {
    cpus: jobs ?? availableParallelism(),
    memory: totalmem(),
    gpus: Number(process.env.SHATTER_GPUS ?? 0),
  };
}
