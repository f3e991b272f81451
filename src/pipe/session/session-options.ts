import type { Clock } from '../core/clock.ts';
import type { Selection } from '../current/selection.ts';
import type { Emit, RunCounts } from '../events/events.ts';
import type { Graph } from '../pipeline/graph.ts';
import type { Project } from '../project/project.ts';
import type { RemoteCache } from '../remote/remote-cache.ts';
import type { Commit } from '../runs/record.ts';
import type { Executor } from '../workers/executor.ts';
import type { Drain } from './run-request.ts';

/** What a `pipe run` is asked to do, and with what. */
export interface SessionOptions {
  readonly project: Pick<Project, 'root' | 'cache' | 'codes' | 'codeOf' | 'ledgerOf' | 'workers'>;
  readonly executor: Executor;
  readonly graph: Graph;
  readonly selection: Selection;
  readonly force: boolean;
  readonly keepGoing: boolean;
  readonly jobs: number | undefined;
  readonly emit: Emit;
  /** Cancels the run. */
  readonly signal: AbortSignal;
  /** Ends the run early but gently, when an edit has outdated it. */
  readonly drain?: Drain;
  /** For the run record. */
  readonly commit: (root: string) => Promise<Commit>;
  readonly sets: readonly string[];
  readonly targets: readonly string[];
  /** Asked for results before an instance runs. */
  readonly remote?: RemoteCache;
  /** Called when the last instance has ended, before the run is recorded. */
  readonly settled?: () => void;
  /** For tests. */
  readonly clock?: Clock;
}

export interface SessionResult {
  readonly ok: boolean;
  readonly counts: RunCounts;
}
