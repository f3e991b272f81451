import type { Failure } from './failure.ts';

/** How a worker process ended. */
export interface WorkerExit {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
}

/**
 * Why a process ended in the middle of a stage.
 * @param tail what it last wrote to its standard streams
 */
export function explainExit({ exitCode, signal }: WorkerExit, tail: string): Failure {
  if (/heap out of memory|bad_alloc|OutOfMemory|Allocation failed/.test(tail)) {
    return {
      kind: 'out-of-memory',
      message: 'the stage ran out of memory',
      hint: 'use less memory in the stage, or raise the heap: NODE_OPTIONS=--max-old-space-size=8192, with env: [NODE_OPTIONS] of the stage in pipeline.yaml',
    };
  }
  if (signal === 'SIGKILL') {
    return {
      kind: 'killed',
      message: 'its process was killed (SIGKILL)',
      hint: 'when nobody did that, the system ran out of memory: use fewer --jobs, or set resources.memory',
    };
  }
  if (signal !== undefined) {
    return {
      kind: 'killed',
      message: `its process was ended by ${signal}`,
      hint: 'a crash in a native library does this; its log may say more',
    };
  }
  return {
    kind: 'exited',
    message: `its process exited with code ${exitCode ?? 'unknown'} before the stage was done`,
    hint: 'a stage must not call process.exit: return, or throw an error',
  };
}
