import { closeSync, openSync, readSync } from 'node:fs';
import type { Disk } from '../disk/disk.ts';
import { lockHolder } from '../disk/lock.ts';
import type { Paths } from '../disk/paths.ts';
import { journalIds } from '../runs/curves.ts';
import { parseJournal } from '../runs/journal.ts';
import type { LiveMessage } from './messages.ts';

/** Bytes that are read at a time. */
const CHUNK = 1 << 20;

/** Where a reader is in the journals. */
export interface Position {
  readonly run: string;
  /** Bytes of whole lines that it has. */
  readonly offset: number;
}

/** Reads the journal of the latest run as it grows, from its start, and goes on to that of the next run. */
export class JournalReader {
  readonly #disk: Disk;
  readonly #paths: Paths;
  #run: string | undefined;
  #offset = 0;
  #isAlive: boolean | undefined;

  constructor(disk: Disk, paths: Paths, position?: Position) {
    this.#disk = disk;
    this.#paths = paths;
    if (position === undefined || !journalIds(disk, paths).includes(position.run)) return;
    this.#run = position.run;
    this.#offset = position.offset;
  }

  get position(): Position | undefined {
    return this.#run === undefined ? undefined : { run: this.#run, offset: this.#offset };
  }

  /** What is new. */
  read(): readonly LiveMessage[] {
    const messages: LiveMessage[] = [];
    const isHeld = () => lockHolder(this.#disk, this.#paths.lock) !== undefined;
    const wasAlive = isHeld();
    const latest = journalIds(this.#disk, this.#paths).at(-1);
    if (latest !== undefined && latest !== this.#run) {
      this.#run = latest;
      this.#offset = 0;
      messages.push({ type: 'run', run: latest });
    }
    const entries = this.#run === undefined ? [] : parseJournal(this.#more(this.#run));
    if (entries.length > 0) messages.push({ type: 'entries', entries });
    // A run that has just begun is alive after this, and one that has just ended may have written more: it is next time.
    const isAlive = wasAlive || isHeld();
    if (isAlive !== this.#isAlive) messages.push({ type: 'alive', isAlive });
    this.#isAlive = isAlive;
    return messages;
  }

  /** Whole lines that were added. */
  #more(run: string): string {
    const parts: Buffer[] = [];
    let file: number;
    try {
      file = openSync(this.#paths.journal(run), 'r');
    } catch {
      return '';
    }
    try {
      let at = this.#offset;
      for (;;) {
        const chunk = Buffer.allocUnsafe(CHUNK);
        const count = readSync(file, chunk, 0, CHUNK, at);
        if (count === 0) break;
        at += count;
        parts.push(chunk.subarray(0, count));
      }
    } finally {
      closeSync(file);
    }
    const bytes = Buffer.concat(parts);
    const end = bytes.lastIndexOf('\n') + 1;
    this.#offset += end;
    return bytes.subarray(0, end).toString('utf8');
  }
}
