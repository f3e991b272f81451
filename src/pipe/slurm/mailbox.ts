import { join } from 'node:path';
import { seal, unseal } from '../core/checksummed-json.mjs';
import type { Disk } from '../disk/disk.ts';

const ENDING = '.json';

/**
 * Messages as files in a folder that machines share. Each is written under another name and renamed, never changes,
 * and is removed by its reader, who finds it by listing the folder: the names in a folder are asked for anew when it
 * is opened, while what a machine knows of one file, even that there is none, may be many seconds old.
 */
export class Mailbox {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #sender: string;
  #sent = 0;

  /** @param sender begins the names of the messages that are sent through this object; no other sender has it */
  constructor(disk: Disk, folder: string, sender: string) {
    this.#disk = disk;
    this.#folder = folder;
    this.#sender = sender;
  }

  /** @throws if it cannot be written, or the folder is gone */
  send(message: unknown): void {
    const name = `${this.#sender}.${String(this.#sent).padStart(8, '0')}`;
    const temporary = join(this.#folder, `.${name}.tmp`);
    try {
      this.#disk.write(temporary, seal(JSON.stringify(message)));
      this.#disk.rename(temporary, join(this.#folder, `${name}${ENDING}`));
    } catch (error) {
      removeQuietly(this.#disk, temporary);
      throw error;
    }
    this.#sent += 1;
  }
}

/** A message that has arrived. */
export interface Received {
  readonly sender: string;
  readonly path: string;
  /** `undefined` while not all of it can be seen. */
  readonly message: unknown;
}

/** What lies in a mailbox, in the order in which each sender sent it. */
export function received(disk: Disk, folder: string): readonly Received[] {
  return disk
    .list(folder)
    .filter((name) => name.endsWith(ENDING) && !name.startsWith('.'))
    .map((name) => {
      const path = join(folder, name);
      return {
        sender: name.slice(0, name.lastIndexOf('.', name.length - ENDING.length - 1)),
        path,
        message: read(disk, path),
      };
    });
}

function read(disk: Disk, path: string): unknown {
  try {
    const text = unseal(disk.read(path)?.toString('utf8') ?? '');
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A message that cannot be removed is read again, by a reader that must not mind. */
export function removeQuietly(disk: Disk, path: string): void {
  try {
    disk.remove(path);
  } catch {
    // It is found again by the next look.
  }
}
