import type { OutputRecord } from '../cache/fingerprint.ts';
import type { Metrics } from '../cache/metrics.ts';
import type { ActionKey } from '../core/digest.ts';
import type { LockFileDifference } from '../lock-file/compare.ts';
import type { Coordinates, Progress } from '../pipeline/contract.ts';
import type { InstanceId } from '../pipeline/graph.ts';
import type { Host } from '../workers/executor.ts';
import type { Failure } from '../workers/failure.ts';

/** The instances of one stage, and how many of them were current when the run started or was extended. */
export interface StageCount {
  readonly stage: string;
  readonly total: number;
  readonly current: number;
}

/** How the instances of a run ended. */
export interface RunCounts {
  /** Already up to date. */
  readonly current: number;
  /** Artifacts taken from the cache. */
  readonly restored: number;
  readonly ran: number;
  readonly failed: number;
  /** Not tried, because something upstream failed. */
  readonly skipped: number;
  readonly cancelled: number;
  /** Going on on a cluster after the run; left out if none is. */
  readonly left?: number;
}

/** The run holds the lock and knows what there is to do. */
export interface RunStarted {
  readonly type: 'run-started';
  readonly run: string;
  readonly profile: string;
  readonly jobs: number;
  readonly stages: readonly StageCount[];
  /** Expected seconds, from earlier runs. */
  readonly estimate?: number;
}

/** Tables that the run has made lead to more instances: what there is now. */
interface RunExtended {
  readonly type: 'run-extended';
  readonly stages: readonly StageCount[];
}

/** The run is over and recorded. */
export interface RunFinished {
  readonly type: 'run-finished';
  /** Empty if there was nothing to do: such a run leaves no record. */
  readonly run: string;
  readonly ok: boolean;
  readonly seconds: number;
  readonly counts: RunCounts;
}

/** What every event about an instance carries. */
interface InstanceEvent {
  readonly instance: InstanceId;
  readonly stage: string;
}

/** An attempt at an instance failed. */
export interface InstanceFailed extends InstanceEvent {
  readonly type: 'failed';
  readonly failure: Failure;
  readonly attempt: number;
  /** Whether it will be tried again. */
  readonly retry: boolean;
  /** Milliseconds until then. */
  readonly delay?: number;
}

/** Something the user should know that stops nothing. */
export interface Warning {
  readonly type: 'warning';
  readonly message: string;
  readonly instance?: InstanceId;
}

/** Something that takes time is done before an instance can run. */
interface Notice {
  readonly type: 'notice';
  readonly instance: InstanceId;
  readonly message: string;
}

/** With --frozen, after the run: how the results differ from the lock file. */
export interface ResultsCompared {
  readonly type: 'compared';
  readonly profile: string;
  readonly differences: readonly LockFileDifference[];
  /** Metrics beyond their tolerance on another type of machine, of few enough instances to pass. */
  readonly byChance: readonly LockFileDifference[];
  readonly instances: number;
  /** Of these, made on another type of machine than the accepted ones: their bytes are not compared. */
  readonly elsewhere: number;
}

/** Everything that a run does. Reporters render these, tests assert on them. */
export type RunEvent =
  | RunStarted
  | RunExtended
  /** A worker has begun an attempt at an instance. */
  | (InstanceEvent & {
      readonly type: 'started';
      readonly axes: Coordinates;
      /** Counted from 1. */
      readonly attempt: number;
      readonly pid: number;
      /** Why the instance is out of date. */
      readonly reason: string;
      /** Expected seconds, from earlier runs. */
      readonly estimate?: number;
      /** Where it runs, if that is not the machine of the run. */
      readonly host?: Host;
    })
  /** A running stage has reported its progress. */
  | {
      readonly type: 'progress';
      readonly instance: InstanceId;
      readonly progress: Progress;
    }
  /** A running stage has written a line to its log. */
  | {
      readonly type: 'output';
      readonly instance: InstanceId;
      readonly line: string;
    }
  /** An instance ran, and its outputs are stored and in place. */
  | (InstanceEvent & {
      readonly type: 'finished';
      readonly key: ActionKey;
      readonly seconds: number;
      readonly cpuSeconds: number;
      /** Bytes. */
      readonly peakMemory: number;
      readonly outputs: readonly OutputRecord[];
      readonly metrics: Metrics;
    })
  /** The artifacts of an instance were taken from the local or the remote cache. */
  | (InstanceEvent & {
      readonly type: 'restored';
      readonly key: ActionKey;
      /** Names of the outputs that were put in place. */
      readonly outputs: readonly string[];
      /** Whether they came from the remote cache. */
      readonly remote?: true;
    })
  /** Early cutoff: an upstream instance ran but produced the same bytes, so this one is current. */
  | (InstanceEvent & {
      readonly type: 'unchanged';
      readonly key: ActionKey;
    })
  | InstanceFailed
  /** An instance was not tried because something upstream failed. */
  | (InstanceEvent & {
      readonly type: 'skipped';
      /** The upstream instance that failed. */
      readonly because: InstanceId;
    })
  /** The run was interrupted, or stopped after a failure, before this instance ended. */
  | (InstanceEvent & {
      readonly type: 'cancelled';
      /** Whether it goes on on a cluster: the next run takes it over. */
      readonly isLeft?: true;
    })
  | Warning
  | Notice
  | ResultsCompared
  | RunFinished;

export type Emit = (event: RunEvent) => void;

/** The only event of a run that had nothing to do. */
export function nothingToDo(current: number): RunFinished {
  const none = { restored: 0, ran: 0, failed: 0, skipped: 0, cancelled: 0 };
  return { type: 'run-finished', run: '', ok: true, seconds: 0, counts: { current, ...none } };
}
