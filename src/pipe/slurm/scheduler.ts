/** One line of the queue: a job, or one task of an array. */
export interface QueueLine {
  /** `7`, or `7_3` of an array. */
  readonly id: string;
  /** Slurm's word for it: `PENDING`, `RUNNING`, `NODE_FAIL`. */
  readonly state: string;
  /** Where it runs; empty while it waits. */
  readonly node: string;
  /** What it was submitted as: see `Batch`. */
  readonly batch: string;
  /** Why it waits, or why it ended. */
  readonly reason: string;
}

/** An array of equal jobs. */
export interface Submission {
  readonly script: string;
  readonly options: readonly string[];
}

/** Asked for nothing, or refused: what was said about it. */
export class SchedulerError extends Error {
  override readonly name = 'SchedulerError';
  /** Whether it may have been done all the same: there was no answer. */
  readonly isUnanswered: boolean;

  constructor(message: string, isUnanswered: boolean) {
    super(message);
    this.isUnanswered = isUnanswered;
  }
}

/** What is asked of Slurm. */
export interface Scheduler {
  /** Whether it can be asked at all. @throws {RunError} */
  check(): Promise<void>;
  /** @returns id of the array @throws {SchedulerError} */
  submit(submission: Submission): Promise<string>;
  /** All jobs of this user with a name, ended ones too for a while. @throws {SchedulerError} */
  list(name: string): Promise<readonly QueueLine[]>;
  /** Ends jobs; one that has ended is no error. @throws {SchedulerError} */
  cancel(ids: readonly string[]): Promise<void>;
  /** The same without waiting for an answer. */
  cancelNow(ids: readonly string[]): void;
}

/** States after which nothing more comes of a job. */
const ENDED = new Set([
  'BOOT_FAIL',
  'CANCELLED',
  'COMPLETED',
  'DEADLINE',
  'FAILED',
  'NODE_FAIL',
  'OUT_OF_MEMORY',
  'PREEMPTED',
  'REVOKED',
  'TIMEOUT',
]);

export function hasEnded(state: string): boolean {
  return ENDED.has(state);
}

/** What a state means to who waits for a result. */
export function describeState(state: string): string {
  const words: Readonly<Record<string, string>> = {
    CANCELLED: 'was cancelled',
    COMPLETED: 'ended without a word',
    FAILED: 'failed',
    NODE_FAIL: 'was lost with its node',
    OUT_OF_MEMORY: 'ran out of memory',
    PREEMPTED: 'had to make way for another',
    TIMEOUT: 'reached its time limit',
  };
  return words[state] ?? `ended as ${state}`;
}
