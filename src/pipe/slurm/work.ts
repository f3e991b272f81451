import type { Host, Job, JobObserver, JobResult, Outlook } from '../workers/executor.ts';
import type { RunOrder } from './messages.ts';

/** An attempt that was asked for, or that another run has left. */
export interface Work {
  readonly id: string;
  /** Class of what it needs; empty if another run has left it. */
  readonly kind: string;
  /** Slot of the agent that has it. */
  slot?: string;
  /** The process that runs it. */
  host?: { readonly pid: number; readonly host: Host };
  /** Milliseconds. */
  readonly asked: number;
  /** What its checkpoint held when it was given away. */
  checkpoint: string;
  isCancelled?: boolean;
  /** Ends the wait for an agent that was told to cancel it, which would keep the process alive. */
  stopWaiting?: () => void;
  /** What its agent is to know; there once it may be given away. */
  order?: Pick<RunOrder, 'job' | 'checkpoint'>;
  /** Of who asked for it. */
  client?: Client;
}

/** Who waits for an attempt. */
export interface Client {
  readonly job: Job;
  readonly observer: JobObserver;
  readonly outlook: Outlook | undefined;
  readonly resolve: (result: JobResult) => void;
}

/** Seconds that an attempt is likely to take, where that is short enough to give an agent several. */
const SHORT = 10;
/** Seconds of work that an agent should have before it has to look for more. */
const AHEAD = 2;
const MOST_AHEAD = 16;

/** How many attempts an agent may have, one of which it runs. */
export function depthOf(seconds: number | undefined): number {
  if (seconds === undefined || seconds > SHORT) return 1;
  return Math.min(MOST_AHEAD, 1 + Math.ceil(AHEAD / Math.max(seconds, 0.01)));
}
