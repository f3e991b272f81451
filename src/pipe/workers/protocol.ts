import type { OutputRecord } from '../cache/fingerprint.ts';
import type { Metrics } from '../cache/metrics.ts';
import type { Json } from '../core/json.ts';
import type { Progress } from '../pipeline/contract.ts';
import type { ParsedParams, StageDescription } from '../pipeline/graph.ts';
import type { JsonSchema } from '../pipeline/open-params.ts';
import type { Job } from './executor.ts';
import type { Failure } from './failure.ts';

/** All of a job but its timeout, which the runner enforces. */
export type RunJob = Omit<Job, 'timeout'>;

/** A question about stages. */
export type Question =
  | { readonly type: 'describe'; readonly modules: readonly string[] }
  | { readonly type: 'schemas'; readonly modules: readonly string[] }
  | { readonly type: 'parse'; readonly module: string; readonly params: readonly Json[] };

/**
 * A request of the runner to a worker; one at a time, except `abort`. `stages` is the folder of the compiled
 * stage modules.
 */
export type Request =
  | {
      readonly type: 'run';
      readonly job: RunJob;
      readonly stages: string;
      /** Whether the stage is to survive SIGTERM. */
      readonly isSteady: boolean;
    }
  | (Question & { readonly stages: string })
  /** Aborts the signal of the running stage, which may still write a checkpoint. */
  | { readonly type: 'abort' };

export type Described = Readonly<Record<string, StageDescription | LoadFailure>>;

/** A contract for editors; the JSON Schema of its params is left out where its library makes none. */
export interface StageSchema extends Pick<StageDescription, 'inputs' | 'outputs'> {
  readonly params?: JsonSchema;
}

/** Why a stage's module cannot be used. */
export interface LoadFailure {
  readonly error: string;
  readonly stack?: string;
}

/** A message of a worker to the runner. Only the last five end a request. */
export type Reply =
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'output'; readonly line: string }
  | {
      readonly type: 'finished';
      readonly outputs: readonly OutputRecord[];
      readonly metrics: Metrics;
      readonly cpuSeconds: number;
      readonly peakMemory: number;
    }
  | { readonly type: 'failed'; readonly failure: Failure }
  | { readonly type: 'described'; readonly stages: Described }
  | {
      readonly type: 'schemas';
      readonly stages: Readonly<Record<string, StageSchema | LoadFailure>>;
    }
  | {
      readonly type: 'parsed';
      readonly results: readonly ParsedParams[] | LoadFailure;
      /** Of the same stage: both are usually needed together. */
      readonly description: StageDescription | LoadFailure;
    };
