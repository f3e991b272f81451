import { availableParallelism, totalmem } from 'node:os';
import { gpuIds } from '../core/machine.ts';

/** Resources that a run may occupy. */
export interface Capacity {
  readonly cpus: number;
  /** Bytes. */
  readonly memory: number;
  readonly gpus: number;
}

/** `PIPE_GPUS` says how many GPUs there are: nothing portable can count them. */
export function capacityOf(jobs: number | undefined): Capacity {
  return {
    cpus: jobs ?? availableParallelism(),
    memory: totalmem(),
    gpus: gpuIds().length,
  };
}
