import type { Cache } from '../cache/cache.ts';
import type { Clock } from '../core/clock.ts';
import type { Assessment, CodeDigestOf, Outdated } from '../current/assess.ts';
import type { Emit } from '../events/events.ts';
import type { Instance, InstanceId } from '../pipeline/graph.ts';
import type { RemoteCache } from '../remote/remote-cache.ts';
import type { Executor } from '../workers/executor.ts';
import type { Capacity } from './capacity.ts';

/** What to run, with what, and how. */
export interface RunRequest {
  /** Id of the run. */
  readonly run: string;
  readonly cache: Cache;
  readonly executor: Executor;
  readonly emit: Emit;
  /** All instances that the run covers, each after those it reads from. */
  readonly instances: readonly Instance[];
  readonly assessments: ReadonlyMap<InstanceId, Assessment>;
  readonly codeOf: CodeDigestOf;
  /** Whether an instance runs although nothing changed. */
  readonly isForced: (id: InstanceId) => boolean;
  readonly capacity: Capacity;
  /** Whether an instance may run: the others can only be restored. */
  readonly mayRun: (instance: Instance) => boolean;
  /** After a failure, continues with what does not depend on it. */
  readonly keepGoing: boolean;
  /** Cancels the run. */
  readonly signal: AbortSignal;
  readonly drain?: Drain;
  /** Expected seconds of an instance, from earlier runs. */
  readonly secondsOf: (instance: Instance) => number | undefined;
  /** Why an instance has to run, in a few words. */
  readonly reasonOf: (instance: Instance, assessment: Outdated) => string;
  readonly clock: Clock;
  /** Asked for results before an instance runs. */
  readonly remote?: RemoteCache;
}

/** When its signal comes, nothing more starts, and running instances that are outdated are cancelled. */
export interface Drain {
  readonly signal: AbortSignal;
  readonly isOutdated: (id: InstanceId) => boolean;
}
