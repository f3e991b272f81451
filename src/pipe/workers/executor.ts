import type { OutputRecord } from '../cache/fingerprint.ts';
import type { Metrics } from '../cache/metrics.ts';
import type { ActionKey, Digest } from '../core/digest.ts';
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

/** A file or folder that a job reads, as it must be: another machine may still see what was there before. */
export interface Expected {
  readonly path: string;
  readonly digest: Digest;
  /** Whether the digest is that of a tree; may be left out where the path can be seen. */
  readonly isTree?: true;
}

/** How long a job is likely to take, and what is queued behind it that needs the same. */
export interface Outlook {
  /** `undefined` if it has never run. */
  readonly seconds: number | undefined;
  readonly behind: { readonly count: number; readonly seconds: number };
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
  /** Bytes; left out if nothing is declared. */
  readonly memory?: number;
  /** Milliseconds that it is expected to take at most; left out if nothing is declared. */
  readonly time?: number;
  /** Whether it may run after others of which something may be left in the process; left out if not. */
  readonly sharesProcess?: true;
  /** Milliseconds. */
  readonly timeout: number | undefined;
  /** Artifacts that it reads; left out where they are sure to be there. */
  readonly reads?: readonly Expected[];
  /** Paths of the files of a command's code; left out where they are sure to be there. */
  readonly code?: readonly string[];
}

export type JobResult =
  | {
      readonly ok: true;
      readonly outputs: readonly OutputRecord[];
      readonly metrics: Metrics;
      readonly cpuSeconds: number;
      /** Bytes. */
      readonly peakMemory: number;
      /** From its start to its end; left out if the caller can tell. */
      readonly seconds?: number;
      /** Where it ran; left out if that is this machine. */
      readonly maker?: { readonly machine: string; readonly node: string };
    }
  | (NotOk & { readonly failure: Failure })
  /** It ended through no fault of the stage, and can be tried again: why. */
  | (NotOk & { readonly interrupted: string })
  /** @param isLeft whether it goes on without this process */
  | (NotOk & { readonly cancelled: true; readonly isLeft?: true });

interface NotOk {
  readonly ok: false;
  /** From its start to its end; left out if the caller can tell. */
  readonly seconds?: number;
}

/** Where a job runs, if that is not this machine. */
export interface Host {
  readonly node: string;
  /** Id of the cluster's job. */
  readonly job: string;
  /** Seconds that it waited for a place. */
  readonly queued: number;
}

/** Receives what happens to a job while it runs. */
export interface JobObserver {
  started(pid: number, host?: Host): void;
  progress(progress: Progress): void;
  output(line: string): void;
}

/** Runs jobs in parallel. Never throws: a failure is a result too. */
export interface Executor {
  /** Ids of the living processes. */
  readonly pids: readonly number[];
  /** @param signal cancels the job */
  run(job: Job, observer: JobObserver, signal: AbortSignal, outlook?: Outlook): Promise<JobResult>;
  /** Ends all processes; resolves when they are gone. */
  close(): Promise<void>;
  /** Kills all processes without waiting. */
  kill(): void;
  /** Of one whose jobs run elsewhere. */
  readonly remote?: RemoteExecutor;
}

/** What an executor needs whose jobs run on other machines, and may outlive this process. */
export interface RemoteExecutor {
  /** How many run at a time, at most. */
  readonly jobs: number;
  /** How many it is given at a time: some are on their way while others run. */
  readonly most: number;
  /**
   * Finds the jobs that earlier runs have left; only for the holder of the lock.
   * @param warn told what the user should know, now and later
   */
  open(warn: (message: string) => void): Promise<void>;
  /** Private places for an attempt, which may be under way or have ended already. */
  places(key: ActionKey): Pick<Job, 'folder' | 'checkpoint' | 'log'>;
  /** Forgets an attempt, with its places. */
  release(folder: string): Promise<void>;
}
