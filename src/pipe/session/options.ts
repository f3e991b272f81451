import type { Cache } from '../cache/cache.ts';
import type { Clock } from '../core/clock.ts';
import type { Assessment, CodeDigestOf, Outdated } from '../current/assess.ts';
import type { Selection } from '../current/selection.ts';
import type { Emit, RunCounts } from '../events/events.ts';
import type { Graph, Instance, InstanceId } from '../pipeline/graph.ts';
import type { Project } from '../project/project.ts';
import type { RemoteCache } from '../remote/remote-cache.ts';
import type { Commit } from '../runs/record.ts';
import type { Executor } from '../workers/executor.ts';
import type { Capacity } from './queue.ts';

/** How instances are run. */
interface RunOptions {
  readonly executor: Executor;
  readonly emit: Emit;
  /** After a failure, continues with what does not depend on it. */
  readonly keepGoing: boolean;
  /** Cancels the run. */
  readonly signal: AbortSignal;
  /** Ends the run early but gently, when an edit has outdated it. */
  readonly drain?: Drain;
  /** Asked for results before an instance runs. */
  readonly remote?: RemoteCache;
  /** Whether results are sent there as they are made. */
  readonly isSharing?: boolean;
}

/** When its signal comes, nothing more starts, and running instances that are outdated are cancelled. */
export interface Drain {
  readonly signal: AbortSignal;
  readonly isOutdated: (id: InstanceId) => boolean;
}

/** What a `pipe run` is asked to do, and with what. */
export interface SessionOptions extends RunOptions {
  readonly project: Pick<Project, 'root' | 'cache' | 'codes' | 'codeOf' | 'ledgerOf' | 'workers'>;
  readonly graph: Graph;
  readonly selection: Selection;
  /** Graph and selection anew, once a table is there that axes have their values from. */
  readonly reload?: () => Promise<{ readonly graph: Graph; readonly selection: Selection }>;
  readonly force: boolean;
  readonly jobs: number | undefined;
  /** Graphs of all profiles: what none of them declares is removed from artifacts/ after a run without `--set`. */
  readonly allProfiles?: () => Promise<readonly Graph[]>;
  /** For the run record. */
  readonly commit: (root: string) => Promise<Commit>;
  readonly sets: readonly string[];
  readonly targets: readonly string[];
  /** Called when the last instance has ended, before the run is recorded. */
  readonly settled?: () => void;
  /** For tests. */
  readonly clock?: Clock;
}

export interface SessionResult {
  readonly ok: boolean;
  readonly counts: RunCounts;
}

/** What to run once the instances are assessed. */
export interface RunRequest extends RunOptions {
  /** Id of the run. */
  readonly run: string;
  readonly cache: Cache;
  /** All instances that the run covers, each after those it reads from. */
  readonly instances: readonly Instance[];
  readonly assessments: ReadonlyMap<InstanceId, Assessment>;
  readonly codeOf: CodeDigestOf;
  /** Whether an instance runs although nothing changed. */
  readonly isForced: (id: InstanceId) => boolean;
  readonly capacity: Capacity;
  /** Whether an instance may run: the others can only be restored. */
  readonly mayRun: (instance: Instance) => boolean;
  /** Expected seconds of an instance, from earlier runs. */
  readonly secondsOf: (instance: Instance) => number | undefined;
  /** Why an instance has to run, in a few words. */
  readonly reasonOf: (instance: Instance, assessment: Outdated) => string;
  readonly clock: Clock;
}
