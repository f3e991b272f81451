import { identify } from '../core/process-identity.ts';
import type { Disk } from '../disk/disk.ts';
import { lockHolder } from '../disk/lock.ts';
import type { Paths } from '../disk/paths.ts';
import { journalIds } from '../runs/curves.ts';
import { parseJournal } from '../runs/journal.ts';

/** Stops runs as Ctrl-C in their terminal does: running stages are ended and the state is left clean. */
export class Canceller {
  readonly #disk: Disk;
  readonly #paths: Paths;
  /** A second signal would end the run at once: each gets one. */
  readonly #asked = new Set<string>();

  constructor(disk: Disk, paths: Paths) {
    this.#disk = disk;
    this.#paths = paths;
  }

  /**
   * Asks a run to stop.
   * @returns why it was not asked; `undefined` if it was
   */
  cancel(run: string): string | undefined {
    const latest = journalIds(this.#disk, this.#paths).at(-1);
    if (latest === undefined || latest !== run) return 'this run is over';
    const text = this.#disk.read(this.#paths.journal(run))?.toString('utf8') ?? '';
    const entries = parseJournal(text);
    const [first] = entries;
    if (first === undefined || entries.at(-1)?.type === 'run-finished') return 'this run is over';
    if (this.#asked.has(run)) return 'this run is already stopping';
    const holder = lockHolder(this.#disk, this.#paths.lock);
    // Another command may hold the lock that a killed run left: it began after that run.
    if (holder === undefined || Date.parse(holder.since) > first.at) return 'this run is over';
    const here = identify(process.pid).host;
    if (holder.host !== here) return `this run is on ${holder.host}: stop it there`;
    this.#asked.add(run);
    process.kill(holder.pid, 'SIGINT');
    return undefined;
  }
}
