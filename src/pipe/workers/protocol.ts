import type { OutputRecord } from '../cache/fingerprint.ts';
import type { Metrics } from '../cache/metrics.ts';
import type { ProcessCheck } from '../code/stage-modules.ts';
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

/** How stages are loaded. */
interface Code {
  /** Folder of the compiled stage modules. */
  readonly stages: string;
  /** What is looked at afterwards; left out if that would tell nothing. */
  readonly check?: ProcessCheck | undefined;
}

export interface RunRequest extends Code {
  readonly type: 'run';
  readonly job: RunJob;
  /** Whether the stage is to survive SIGTERM. */
  readonly isSteady: boolean;
  /** Paths in the snapshot of files that are to be modules of this instance alone. */
  readonly files?: readonly string[] | undefined;
  /** Where these are; by default beside the folder of the job. */
  readonly temporary?: string | undefined;
}

/** A request of the runner to a worker; one at a time, except `abort`. */
export type Request =
  | RunRequest
  | (Question & Code)
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

interface Checked {
  /** Whether the process was checked, and is as if nothing had run in it. */
  readonly isClean?: boolean;
}

/** A message of a worker to the runner. */
export type Reply =
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'output'; readonly line: string }
  | ({
      readonly type: 'finished';
      readonly outputs: readonly OutputRecord[];
      readonly metrics: Metrics;
      readonly cpuSeconds: number;
      readonly peakMemory: number;
    } & Checked)
  | { readonly type: 'failed'; readonly failure: Failure }
  | ({ readonly type: 'described'; readonly stages: Described } & Checked)
  | ({
      readonly type: 'schemas';
      readonly stages: Readonly<Record<string, StageSchema | LoadFailure>>;
    } & Checked)
  | ({
      readonly type: 'parsed';
      readonly results: readonly ParsedParams[] | LoadFailure;
      /** Of the same stage: both are usually needed together. */
      readonly description: StageDescription | LoadFailure;
    } & Checked);

/** Ends a request. */
export type FinalReply = Exclude<Reply, { type: 'progress' | 'output' }>;
