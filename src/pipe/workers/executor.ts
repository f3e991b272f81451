import type { OutputRecord } from '../cache/fingerprint.ts';
import type { Metrics } from '../cache/metrics.ts';
import type { Json } from '../core/json.ts';
import type { GatheredArtifact, InputArtifact, Progress } from '../pipeline/contract.ts';
import type { InstanceId } from '../pipeline/graph.ts';
import type { Failure } from './failure.ts';

/** A program to run instead of a stage file. */
export interface CommandLine {
  /** With everything filled in. */
  readonly argv: readonly string[];
  /** The output that holds its headline metrics. */
  readonly metrics?: string;
}

/** One attempt at one instance: everything that the stage is given. */
export interface Job {
  readonly instance: InstanceId;
  readonly module: string;
  readonly command?: CommandLine;
  /** Variables that it sees besides the usual ones. */
  readonly env: Readonly<Record<string, string>>;
  readonly params: Json;
  readonly inputs: Readonly<Record<string, InputArtifact | readonly GatheredArtifact[]>>;
  /** A private, empty folder: the stage's working directory, where its outputs belong. */
  readonly folder: string;
  /** Output name -> file name in that folder. */
  readonly outputs: Readonly<Record<string, string>>;
  /** A folder that may not be there yet. */
  readonly checkpoint: string;
  /** Path of the log, which starts anew with the first attempt. */
  readonly log: string;
  readonly attempt: number;
  /** Cores that it may use. */
  readonly threads: number;
  /** GPUs reserved for it. */
  readonly gpus: number;
  /** Milliseconds. */
  readonly timeout: number | undefined;
}

export type JobResult =
  | {
      readonly ok: true;
      readonly outputs: readonly OutputRecord[];
      readonly metrics: Metrics;
      readonly cpuSeconds: number;
      /** Bytes. */
      readonly peakMemory: number;
    }
  | { readonly ok: false; readonly failure: Failure }
  | { readonly ok: false; readonly cancelled: true };

/** Receives what happens to a job while it runs. */
export interface JobObserver {
  started(pid: number): void;
  progress(progress: Progress): void;
  output(line: string): void;
}

/** Runs jobs in parallel. Never throws: a failure is a result too. */
export interface Executor {
  /** Ids of the living processes. */
  readonly pids: readonly number[];
  /** @param signal cancels the job */
  run(job: Job, observer: JobObserver, signal: AbortSignal): Promise<JobResult>;
  /** Ends all processes; resolves when they are gone. */
  close(): Promise<void>;
  /** Kills all processes without waiting. */
  kill(): void;
}
