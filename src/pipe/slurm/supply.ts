import { mkdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { digestText } from '../core/digest.ts';
import { markUsedByJobs, removeMarksOfJobs } from '../loader/folder-store.mjs';
import type { Job, JobResult } from '../workers/executor.ts';
import type { Outcome, RunOrder } from './messages.ts';
import { madeFiles, whenVisible } from './visibility.ts';
import type { Work } from './work.ts';

/** The coordinator's part in getting files to a node and back. */
export interface Supply {
  /** Before anything is submitted. @throws {RunError} */
  open(): Promise<void>;
  /** When no job is left. */
  close(): void;
  /** Sends what an attempt needs. @returns what its agent is to know @throws {RunError} */
  send(id: string, job: Job): Promise<Pick<RunOrder, 'job' | 'checkpoint'>>;
  /** Fetches what an attempt has made, and its checkpoint. @returns why that cannot be had */
  collect(work: Work, result: JobResult): Promise<string | undefined>;
}

/** An agent's part. */
export interface NodeSupply {
  /** Makes ready what an attempt needs. @returns the job as it is to run here, or why it cannot */
  take(order: RunOrder, signal: AbortSignal): Promise<Job | string>;
  /** Sends what an attempt has made, or its checkpoint. */
  give(order: RunOrder, job: Job, outcome: Outcome): Promise<Outcome>;
  /** Sends the checkpoint of what runs, if it has changed. @returns where it is now */
  save(job: Job): Promise<RunOrder['checkpoint']>;
}

/** Where all machines see the project's folder: they wait until they see what is new. */
export class SharedSupply implements Supply {
  readonly #jobs: string;
  readonly #code: readonly string[];

  /**
   * @param root of the project
   * @param code folders that jobs start from: kept for those that wait in the queue
   */
  constructor(root: string, code: readonly string[]) {
    // Projects may share a runner.
    this.#jobs = `slurm-${digestText(root).slice(0, 8)}`;
    this.#code = code;
  }

  async open(): Promise<void> {
    for (const folder of this.#code) markUsedByJobs(dirname(folder), basename(folder), this.#jobs);
  }

  close(): void {
    for (const folder of this.#code) removeMarksOfJobs(dirname(folder), this.#jobs);
  }

  async send(_: string, job: Job): Promise<Pick<RunOrder, 'job'>> {
    return { job };
  }

  async collect({ client }: Work, result: JobResult): Promise<string | undefined> {
    if (client === undefined || !result.ok) return undefined;
    const unseen = await whenVisible(madeFiles(client.job, result.outputs));
    return unseen === undefined ? undefined : `${unseen} cannot be seen here as it was made`;
  }
}

/** @param node name of this machine */
export function sharedNodeSupply(node: string): NodeSupply {
  return {
    async take({ job }, signal) {
      const unseen = await whenVisible(job.reads ?? [], signal);
      if (unseen !== undefined) return `${unseen} cannot be seen on ${node} as it was made`;
      // Made by the coordinator, which this machine may not know yet.
      mkdirSync(job.folder, { recursive: true });
      return job;
    },
    async give(_, __, outcome) {
      return outcome;
    },
    async save() {
      return undefined;
    },
  };
}
