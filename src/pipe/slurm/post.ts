import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Disk } from '../disk/disk.ts';
import { writeAtomically } from '../disk/write-atomically.ts';
import type { Batch } from './batch.ts';
import { Mailbox, received, removeQuietly } from './mailbox.ts';
import type { Order, Report } from './messages.ts';

/** Looks after which a message that cannot be read counts as damaged. */
const PATIENCE = 240;

/** Folders that are of use while there are agents. */
const TRANSIENT = ['in', 'out', 'claims', 'log', 'batches', 'code'];

/** The coordinator's side of what passes between it and its agents. */
export interface Post {
  /** The name of this project's jobs, which stays from run to run while there are any. */
  readonly name: string;
  /** Makes the folders, or finds those of an earlier run; only for the holder of the lock. */
  begin(): void;
  /** What was submitted before and may still be alive. */
  batches(): readonly Batch[];
  /** Slots that agents may still have. */
  slots(): readonly string[];
  /** Makes place for the agents of a batch. */
  open(batch: Batch, slots: readonly string[]): void;
  /** Takes a slot away: its agent ends itself when it finds out. */
  close(slot: string): void;
  send(slot: string, orders: readonly Order[], pace: number): void;
  /** Hands over what has arrived; a message is removed once it was handled. */
  receive(handle: (slot: string, report: Report) => void): void;
  /** Removes what no agent needs any more. */
  clear(): void;
}

/** The post in a folder that all machines share. */
export class FolderPost implements Post {
  name = '';
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #boxes = new Map<string, Mailbox>();
  readonly #unread = new Map<string, number>();

  constructor(disk: Disk, folder: string) {
    this.#disk = disk;
    this.#folder = folder;
  }

  begin(): void {
    const path = join(this.#folder, 'name');
    const before = this.#disk.read(path)?.toString('utf8') ?? '';
    const isName = /^pipe-[0-9a-f]{8}$/.test(before);
    this.name = isName ? before : `pipe-${randomBytes(4).toString('hex')}`;
    for (const name of [...TRANSIENT, 'work']) this.#disk.makeFolder(join(this.#folder, name));
    if (!isName) writeAtomically(this.#disk, path, this.name);
  }

  batches(): readonly Batch[] {
    const folder = join(this.#folder, 'batches');
    return received(this.#disk, folder).flatMap(({ message }) =>
      message === undefined ? [] : [message as Batch],
    );
  }

  slots(): readonly string[] {
    return this.#disk.list(join(this.#folder, 'in'));
  }

  open(batch: Batch, slots: readonly string[]): void {
    new Mailbox(this.#disk, join(this.#folder, 'batches'), batch.id).send(batch);
    for (const slot of slots) this.#disk.makeFolder(this.#inbox(slot));
  }

  close(slot: string): void {
    this.#boxes.delete(slot);
    removeQuietly(this.#disk, this.#inbox(slot));
  }

  send(slot: string, orders: readonly Order[], pace: number): void {
    const box =
      this.#boxes.get(slot) ??
      // Another coordinator may have written to it before.
      new Mailbox(this.#disk, this.#inbox(slot), String(Date.now()).padStart(15, '0'));
    this.#boxes.set(slot, box);
    box.send({ orders, pace });
  }

  receive(handle: (slot: string, report: Report) => void): void {
    const blocked = new Set<string>();
    for (const { sender, path, message } of received(this.#disk, join(this.#folder, 'out'))) {
      if (blocked.has(sender)) continue;
      if (message === undefined) {
        const looks = (this.#unread.get(path) ?? 0) + 1;
        this.#unread.set(path, looks);
        if (looks < PATIENCE) {
          blocked.add(sender);
          continue;
        }
      }
      for (const report of (message ?? []) as readonly Report[]) handle(sender, report);
      this.#unread.delete(path);
      removeQuietly(this.#disk, path);
    }
  }

  clear(): void {
    for (const name of [...TRANSIENT, 'name']) {
      removeQuietly(this.#disk, join(this.#folder, name));
    }
    const isEmpty = this.#disk.list(join(this.#folder, 'work')).length === 0;
    if (isEmpty) removeQuietly(this.#disk, this.#folder);
  }

  #inbox(slot: string): string {
    return join(this.#folder, 'in', slot);
  }
}
