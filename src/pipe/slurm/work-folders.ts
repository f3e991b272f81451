import { randomBytes } from 'node:crypto';
import { cp, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { seal, unseal } from '../core/checksummed-json.mjs';
import type { ActionKey } from '../core/digest.ts';
import type { Disk } from '../disk/disk.ts';
import type { Paths } from '../disk/paths.ts';
import { writeAtomically } from '../disk/write-atomically.ts';
import type { StoredArtifact } from '../remote/remote-files.ts';
import type { Outcome } from './messages.ts';

/** Of an attempt: `<action key>.<number>.<coordinator>`; later attempts have higher numbers. */
const ID = /^([0-9a-f]{64})\.(\d{8})\.[0-9a-f]{8}$/;

/** The private places of an attempt. */
export interface Places {
  /** Empty: where its outputs belong. */
  readonly folder: string;
  readonly checkpoint: string;
  readonly log: string;
}

/**
 * Private folders of attempts. One that was given up may still be written to by an agent that nobody can reach:
 * no other attempt has anything in common with it. A checkpoint goes from one to the next through the place where
 * a local run has it, moved by the coordinator alone.
 */
export class WorkFolders {
  readonly #disk: Disk;
  readonly #paths: Paths;
  readonly #root: string;
  readonly #nonce = randomBytes(4).toString('hex');
  #last = 0;

  constructor(disk: Disk, paths: Paths) {
    this.#disk = disk;
    this.#paths = paths;
    this.#root = join(paths.slurm, 'work');
  }

  /** Ids of all attempts that have a folder, the earliest first. */
  ids(): readonly string[] {
    const numberOf = (id: string) => Number(ID.exec(id)?.[2]);
    const ids = this.#disk.list(this.#root).filter((name) => ID.test(name));
    this.#last = Math.max(this.#last, ...ids.map(numberOf));
    return ids.toSorted((a, b) => numberOf(a) - numberOf(b));
  }

  /** Whether an attempt has been made, and not given up. */
  isThere(id: string): boolean {
    return ID.test(id) && this.#disk.stat(join(this.#root, id))?.isFolder === true;
  }

  next(key: ActionKey): string {
    this.#last += 1;
    return `${key}.${String(this.#last).padStart(8, '0')}.${this.#nonce}`;
  }

  places(id: string): Places {
    const at = join(this.#root, id);
    return { folder: join(at, 'out'), checkpoint: join(at, 'checkpoint'), log: join(at, 'log') };
  }

  /** Gives an attempt what an earlier one has left. */
  takeCheckpoint(id: string): void {
    const left = this.#paths.checkpoint(keyOf(id));
    const own = this.places(id).checkpoint;
    if (this.#disk.stat(left)?.isFolder !== true || this.#disk.stat(own) !== undefined) return;
    this.#disk.rename(left, own);
  }

  /** Names what is in an attempt's checkpoint; empty if there is none. */
  signCheckpoint(id: string): string {
    const { checkpoint } = this.places(id);
    const files = this.#disk.list(checkpoint);
    return files.map((name) => this.#disk.stat(join(checkpoint, name))?.signature).join();
  }

  /**
   * Leaves the checkpoint of an attempt to the next one.
   * @param mayChange whether somebody may still write to it
   */
  async leaveCheckpoint(id: string, mayChange: boolean): Promise<void> {
    const { checkpoint } = this.places(id);
    if (this.#disk.list(checkpoint).length === 0) return;
    const target = this.#paths.checkpoint(keyOf(id));
    this.#disk.makeFolder(dirname(target));
    const copy = `${target}.tmp`;
    await rm(copy, { recursive: true, force: true });
    if (mayChange) await cp(checkpoint, copy, { recursive: true, preserveTimestamps: true });
    else this.#disk.rename(checkpoint, copy);
    this.#disk.remove(target);
    this.#disk.rename(copy, target);
  }

  /** Keeps a result until it is stored: whoever follows this coordinator finds it. */
  keepOutcome(id: string, outcome: Outcome): void {
    writeAtomically(this.#disk, this.#outcomePath(id), seal(JSON.stringify(outcome)));
  }

  outcome(id: string): Outcome | undefined {
    const text = unseal(this.#disk.read(this.#outcomePath(id))?.toString('utf8') ?? '');
    return text === undefined ? undefined : (JSON.parse(text) as Outcome);
  }

  /** Notes where an attempt's checkpoint is, which is not here. */
  noteLeft(id: string, checkpoint: StoredArtifact): void {
    writeAtomically(this.#disk, this.#leftPath(id), seal(JSON.stringify(checkpoint)));
  }

  left(id: string): StoredArtifact | undefined {
    const text = unseal(this.#disk.read(this.#leftPath(id))?.toString('utf8') ?? '');
    return text === undefined ? undefined : (JSON.parse(text) as StoredArtifact);
  }

  /** @param fetch fills the new one */
  async replaceCheckpoint(id: string, fetch: (target: string) => Promise<void>): Promise<void> {
    const { checkpoint } = this.places(id);
    const fetched = `${checkpoint}.new`;
    this.#disk.remove(fetched);
    await fetch(fetched);
    this.#disk.remove(checkpoint);
    this.#disk.rename(fetched, checkpoint);
  }

  /** Removes all that is left of an attempt. */
  async remove(id: string): Promise<void> {
    await this.#disk.discard(join(this.#root, id));
  }

  #leftPath(id: string): string {
    return join(this.#root, id, 'left.json');
  }

  #outcomePath(id: string): string {
    return join(this.#root, id, 'outcome.json');
  }
}

/** The action that an attempt is at. */
export function keyOf(id: string): ActionKey {
  return id.slice(0, id.indexOf('.')) as ActionKey;
}

/** The attempt that a job is, by its folder. */
export function idOf(folder: string): string {
  return basename(dirname(folder));
}
