import type { StageModules } from '../code/stage-modules.ts';
import type { Progress } from '../pipeline/contract.ts';
import type { StoredArtifact } from '../remote/remote-files.ts';
import type { Job, JobResult } from '../workers/executor.ts';

/** An attempt at an instance, given to an agent. */
export interface RunOrder {
  readonly type: 'run';
  /** Of the attempt; see `WorkFolders`. */
  readonly id: string;
  readonly job: Job;
  /** Of its stage file, so that an agent's process can serve many. */
  readonly modules?: StageModules | undefined;
  /** What an earlier attempt has left, where the agent does not see it. */
  readonly checkpoint?: StoredArtifact;
}

/** What the coordinator tells an agent. */
export type Order =
  | RunOrder
  | { readonly type: 'cancel'; readonly id: string }
  /** Asks for `hello` once more, from a new coordinator. */
  | { readonly type: 'report' }
  | { readonly type: 'exit' };

/** One message to an agent. */
export interface Orders {
  readonly orders: readonly Order[];
  /** Seconds between two reports of progress: more with many agents, to spare the file server. */
  readonly pace: number;
}

/** Who an agent is and what it has been given. */
export interface Hello {
  readonly type: 'hello';
  /** Slurm's id of its job, as `scancel` and `squeue` have it: `7_3`. */
  readonly job: string;
  readonly node: string;
  /** Of this kind must be all whose results count as the same: see `thisRuntime`. */
  readonly runtime: string;
  readonly machine: string;
  /** Of Node. */
  readonly version: string;
  /** Folder of the stages that it runs. */
  readonly stages: string;
  /** Ids of its attempts that have no result yet. */
  readonly work: readonly string[];
  /** The one that it runs. */
  readonly running?: { readonly id: string; readonly pid: number };
}

/** What came of an attempt, measured where it ran. */
export interface Outcome {
  readonly result: JobResult;
  /** From the start of the stage to its end. */
  readonly seconds: number;
  /** Left out if it never began. */
  readonly where?: { readonly pid: number; readonly node: string; readonly job: string };
  /** What it has left for the next, where the coordinator does not see it. */
  readonly checkpoint?: StoredArtifact;
}

/** What an agent tells the coordinator. */
export type Report =
  | Hello
  | { readonly type: 'alive' }
  | { readonly type: 'started'; readonly id: string; readonly pid: number }
  | { readonly type: 'progress'; readonly id: string; readonly progress: Progress }
  /** It can be resumed from there if its agent is lost. */
  | { readonly type: 'saved'; readonly id: string; readonly checkpoint: StoredArtifact }
  | { readonly type: 'output'; readonly id: string; readonly line: string }
  | ({ readonly type: 'result'; readonly id: string } & Outcome)
  /** It is going to be ended and takes no more orders. */
  | { readonly type: 'ending'; readonly reason: string }
  | { readonly type: 'bye' };
