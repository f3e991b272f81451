import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { identify, isAlive, type ProcessIdentity } from '../core/process-identity.ts';
import type { Disk } from '../disk/disk.ts';
import { signalGroup } from './process-group.ts';

/** Times 10 ms: a killed process that waits for a disk takes a moment to end. */
const PATIENCE = 500;

/**
 * Files naming the living worker processes. When the runner is killed they may live on for as long as a
 * computation lasts, and would write to the checkpoints of the next run.
 */
export class WorkerRegistry {
  readonly #disk: Disk;
  readonly #folder: string;

  constructor(disk: Disk, folder: string) {
    this.#disk = disk;
    this.#folder = folder;
  }

  add(pid: number): void {
    try {
      this.#disk.makeFolder(this.#folder);
      this.#disk.write(this.#path(pid), JSON.stringify(identify(pid)));
    } catch {
      // Without the file an orphan still ends by itself, when its channel to the runner closes.
    }
  }

  remove(pid: number): void {
    try {
      this.#disk.remove(this.#path(pid));
    } catch {
      // Harmless: the process that the file names has ended.
    }
  }

  /** Kills the workers of killed runners and waits until they are gone; only for the holder of the lock. */
  async endOrphans(own: readonly number[]): Promise<void> {
    for (const name of this.#disk.list(this.#folder)) {
      const pid = Number(name);
      if (own.includes(pid)) continue;
      const identity = this.#read(name);
      // Another machine may share the folder: there the id belongs to some other process.
      const isKnown = identity?.host === hostname() && identity.started !== '';
      if (isKnown && isAlive(identity)) {
        signalGroup(pid, 'SIGKILL');
        for (let left = PATIENCE; left > 0 && isAlive(identity); left -= 1) await delay(10);
      }
      this.remove(pid);
    }
  }

  #read(name: string): ProcessIdentity | undefined {
    try {
      return JSON.parse(this.#disk.read(join(this.#folder, name))?.toString('utf8') ?? '');
    } catch {
      return undefined;
    }
  }

  #path(pid: number): string {
    return join(this.#folder, String(pid));
  }
}
