import type { OutputRecord } from '../cache/fingerprint.ts';
import type { Metrics } from '../cache/metrics.ts';
import type { ActionKey } from '../core/digest.ts';
import type { Difference } from '../lock-file/compare.ts';
import type { Coordinates, Progress } from '../pipeline/contract.ts';
import type { InstanceId } from '../pipeline/graph.ts';
import type { Failure } from '../workers/failure.ts';

/** How many instances of a stage there are, and how many of them were current at the start. */
export interface StageCount {
  readonly stage: string;
  readonly total: number;
  readonly current: number;
}

/** How the instances of a run ended. */
export interface RunCounts {
  /** Nothing had to be done. */
  readonly current: number;
  /** Their artifacts were taken from the cache. */
  readonly restored: number;
  readonly ran: number;
  readonly failed: number;
  /** Not tried because something they need failed. */
  readonly skipped: number;
  readonly cancelled: number;
}

/** Everything that a run does. Reporters render these, tests assert on them. */
export type RunEvent =
  | {
      readonly type: 'run-started';
      readonly run: string;
      readonly profile: string;
      readonly jobs: number;
      readonly stages: readonly StageCount[];
      /** Expected seconds, from earlier runs. */
      readonly estimate?: number;
    }
  | {
      readonly type: 'started';
      readonly instance: InstanceId;
      readonly stage: string;
      readonly axes: Coordinates;
      readonly attempt: number;
      readonly pid: number;
      /** Why it has to run. */
      readonly reason: string;
      /** Expected seconds, from earlier runs. */
      readonly estimate?: number;
    }
  | { readonly type: 'progress'; readonly instance: InstanceId; readonly progress: Progress }
  | { readonly type: 'output'; readonly instance: InstanceId; readonly line: string }
  | {
      readonly type: 'finished';
      readonly instance: InstanceId;
      readonly stage: string;
      readonly key: ActionKey;
      readonly seconds: number;
      readonly cpuSeconds: number;
      /** Bytes. */
      readonly peakMemory: number;
      readonly outputs: readonly OutputRecord[];
      readonly metrics: Metrics;
    }
  | {
      readonly type: 'restored';
      readonly instance: InstanceId;
      readonly stage: string;
      readonly key: ActionKey;
      /** Names of the outputs that were put in place. */
      readonly outputs: readonly string[];
      /** Whether they came from the remote cache. */
      readonly remote?: true;
    }
  /** Found current only now that everything it needs is known: nothing it reads has changed. */
  | {
      readonly type: 'unchanged';
      readonly instance: InstanceId;
      readonly stage: string;
      readonly key: ActionKey;
    }
  | {
      readonly type: 'failed';
      readonly instance: InstanceId;
      readonly stage: string;
      readonly failure: Failure;
      readonly attempt: number;
      /** Whether it is tried again. */
      readonly retry: boolean;
      /** Milliseconds until then. */
      readonly delay?: number;
    }
  | {
      readonly type: 'skipped';
      readonly instance: InstanceId;
      readonly stage: string;
      /** What it needs and does not get. */
      readonly because: InstanceId;
    }
  | { readonly type: 'cancelled'; readonly instance: InstanceId; readonly stage: string }
  | { readonly type: 'warning'; readonly message: string; readonly instance?: InstanceId }
  /** With --frozen, after the run: how the results differ from the lock file. */
  | {
      readonly type: 'compared';
      readonly profile: string;
      readonly differences: readonly Difference[];
      /** Metrics that are off on another type of machine, of few enough instances. */
      readonly byChance: readonly Difference[];
      readonly instances: number;
      /** How many of them another type of machine made than the accepted ones, so that their bytes do not count. */
      readonly elsewhere: number;
    }
  | {
      readonly type: 'run-finished';
      readonly run: string;
      readonly ok: boolean;
      readonly seconds: number;
      readonly counts: RunCounts;
    };

export type Emit = (event: RunEvent) => void;

/** What a run says that had nothing to do: it has no id, and no record. */
export function nothingToDo(current: number): Extract<RunEvent, { type: 'run-finished' }> {
  const none = { restored: 0, ran: 0, failed: 0, skipped: 0, cancelled: 0 };
  return { type: 'run-finished', run: '', ok: true, seconds: 0, counts: { current, ...none } };
}
