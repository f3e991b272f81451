import type { ActionKey } from '../core/digest.ts';
import { explainDiskFault, type RunError } from '../core/errors.ts';
import type { Disk } from '../disk/disk.ts';
import type { Paths } from '../disk/paths.ts';
import type { JobResult } from '../workers/executor.ts';
import { logOf } from './batch.ts';
import type { Site } from './site.ts';
import type { Slot } from './slots.ts';
import type { Supply } from './supply.ts';
import type { Work } from './work.ts';
import { keyOf, type WorkFolders } from './work-folders.ts';

/** Interruptions in a row that an instance is allowed without getting any further. */
const MOST = 5;

/** What the end of an attempt means for its instance: whether it counts, and what the next attempt is given. */
export class Settlement {
  readonly #disk: Disk;
  readonly #paths: Paths;
  readonly #folders: WorkFolders;
  readonly #site: Site;
  readonly #supply: Supply;
  readonly #doubled = new Set<ActionKey>();
  readonly #interruptions = new Map<ActionKey, number>();
  /** Logs that attempts have printed to, by the attempt: what was in them before. */
  readonly #printed = new Map<string, Buffer>();

  constructor(disk: Disk, paths: Paths, folders: WorkFolders, site: Site, supply: Supply) {
    this.#disk = disk;
    this.#paths = paths;
    this.#folders = folders;
    this.#site = site;
    this.#supply = supply;
  }

  /** Whether an action is given twice the memory that is declared. */
  isDoubled(key: ActionKey): boolean {
    return this.#doubled.has(key);
  }

  /** Shows a line in the log of the instance, before the attempt's own log can be read. */
  print({ id, client }: Work, line: string): void {
    if (client === undefined) return;
    const log = this.#paths.log(client.job.instance);
    try {
      if (!this.#printed.has(id)) this.#printed.set(id, this.#disk.read(log) ?? Buffer.alloc(0));
      this.#disk.extend(log, `${line}\n`);
    } catch {
      // All of it is written at the end.
    }
  }

  /** Of an attempt whose agent is no more. */
  lost({ isCancelled, host }: Work, slot: Slot, reason: string): JobResult {
    if (isCancelled === true) return { ok: false, cancelled: true };
    const isMemory =
      slot.state === 'OUT_OF_MEMORY' || /exceeded memory limit/i.test(this.jobLogOf(slot.name));
    if (isMemory && host !== undefined) {
      const message = `${reason}: the stage used more memory than it has`;
      const hint = 'raise resources.memory of the stage';
      return { ok: false, failure: { kind: 'out-of-memory', message, hint } };
    }
    return { ok: false, interrupted: reason };
  }

  unwritable(error: unknown): JobResult {
    const fault = explainDiskFault(error, 'write an order');
    const { message, hint } = fault as RunError;
    return {
      ok: false,
      failure: { kind: 'storage', message, ...(hint === undefined ? {} : { hint }) },
    };
  }

  /** Secures what an attempt has left, and decides what its end means. Never throws. */
  async settle(work: Work, result: JobResult): Promise<JobResult> {
    try {
      return await this.#settle(work, result);
    } catch (error) {
      return this.unwritable(error);
    }
  }

  async #settle(work: Work, result: JobResult): Promise<JobResult> {
    const { id, client } = work;
    const key = keyOf(id);
    if (client !== undefined) this.#copyLog(id, client.job.instance);
    const unseen = await this.#supply.collect(work, result);
    if (result.ok) return unseen === undefined ? result : this.#count(work, unseen, false);
    const isFurther = this.#folders.signCheckpoint(id) !== work.checkpoint;
    // Only who has said what came of it is sure to write no more.
    await this.#folders.leaveCheckpoint(id, this.#folders.outcome(id) === undefined);
    if ('interrupted' in result) return this.#count(work, result.interrupted, isFurther);
    if ('failure' in result && result.failure.kind === 'out-of-memory') {
      const memory = client?.job.memory ?? this.#site.memory;
      if (this.#site.double && memory !== undefined && !this.#doubled.has(key)) {
        this.#doubled.add(key);
        const twice = `${Math.round((2 * memory) / 1e6)} MB`;
        return { ok: false, interrupted: `${result.failure.message}; it is given ${twice} once` };
      }
    }
    return result;
  }

  #count(work: Work, reason: string, isFurther: boolean): JobResult {
    const key = keyOf(work.id);
    // What was lost before it was begun has not been tried.
    const isTried = work.host !== undefined || this.#folders.outcome(work.id) !== undefined;
    const before = this.#interruptions.get(key) ?? 0;
    const count = isFurther ? 1 : before + (isTried ? 1 : 0);
    this.#interruptions.set(key, count);
    if (count < MOST) return { ok: false, interrupted: reason };
    this.#interruptions.delete(key);
    return {
      ok: false,
      failure: {
        kind: 'interrupted',
        message: `interrupted ${MOST} times without getting further, the last time because ${reason}`,
        hint: 'raise resources.time, or let the stage write a checkpoint more often',
      },
    };
  }

  #copyLog(id: string, instance: string): void {
    const own = this.#disk.read(this.#folders.places(id).log);
    const before = this.#printed.get(id);
    this.#printed.delete(id);
    if (own === undefined || own.length === 0) return;
    const log = this.#paths.log(instance);
    this.#disk.write(log, Buffer.concat([before ?? this.#disk.read(log) ?? Buffer.alloc(0), own]));
  }

  /** What the job of a slot has printed; nothing where its log is not on this machine. */
  jobLogOf(slot: string): string {
    return this.#disk.read(logOf(this.#paths.slurm, slot))?.toString('utf8') ?? '';
  }
}
