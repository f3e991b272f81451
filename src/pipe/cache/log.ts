import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Disk } from '../disk/disk.ts';
import { writeAtomically } from '../disk/write-atomically.ts';

/** One line of a log: what `value` says about `key`. */
export interface LogEntry {
  readonly key: string;
  readonly value: string;
}

/** A line of the file: `<crc32> <key>\t<value>`. Most are never parsed. */
type Line = string;

const SUM = 8;
/** Superseded lines that are never worth a compaction. */
const SLACK = 500;

/**
 * A file that only ever grows, line by line, until it is compacted. The last line of a key counts that
 * is sound: not torn, not damaged, and of this format. What is added begins with a line break, so that
 * it does not continue a line that a kill or a power cut has torn.
 */
export class Log {
  readonly #disk: Disk;
  readonly #path: string;
  /** Sum of the format's name: the sums of all lines build on it, so that no other format is ever misread. */
  readonly #seed: number;
  #content: { readonly lines: Line[]; readonly last: Map<string, number> } | undefined;
  #waiting: { readonly line: Line; done(): void; failed(error: unknown): void }[] = [];
  #isFlushing = false;
  /** Whether the name of the file is known to be durable. */
  #isNamed = false;

  /** @param format names the format of the values; changes with it */
  constructor(disk: Disk, path: string, format: string) {
    this.#disk = disk;
    this.#path = path;
    this.#seed = crc32(format);
  }

  /** The latest value of a key. */
  get(key: string): string | undefined {
    const { lines, last } = this.#load();
    for (let at = last.get(key) ?? -1; at >= 0; at -= 1) {
      if (keyOf(lines[at]) !== key) continue;
      const entry = this.read(lines[at]);
      if (entry !== undefined) return entry.value;
    }
    return undefined;
  }

  /** The entry that counts of every key, in the order in which these were written. */
  entries(): readonly LogEntry[] {
    const seen = new Set<string>();
    const entries: LogEntry[] = [];
    for (const line of this.#load().lines.toReversed()) {
      if (seen.has(keyOf(line))) continue;
      const entry = this.read(line);
      if (entry === undefined) continue;
      seen.add(entry.key);
      entries.push(entry);
    }
    return entries.reverse();
  }

  /** All lines; `read` says which are sound. */
  get lines(): readonly Line[] {
    return this.#load().lines;
  }

  /** Parses a line; `undefined` if it is damaged. */
  read(line: Line): LogEntry | undefined {
    const content = line.slice(SUM + 1);
    const tab = content.indexOf('\t');
    if (tab === -1 || !line.startsWith(`${this.#sumOf(content)} `)) return undefined;
    return { key: content.slice(0, tab), value: content.slice(tab + 1) };
  }

  /**
   * Adds an entry; durable when the promise resolves. Entries that come together share
   * one write.
   */
  async append(key: string, value: string): Promise<Line> {
    const line = this.#lineOf({ key, value });
    await new Promise<void>((done, failed) => {
      this.#waiting.push({ line, done, failed });
      if (!this.#isFlushing) void this.#flush();
    });
    this.#add(line);
    return line;
  }

  /** Adds entries that are not synced: a power cut may lose them. */
  extend(entries: readonly LogEntry[]): void {
    const lines = entries.map((entry) => this.#lineOf(entry));
    this.#disk.makeFolder(dirname(this.#path));
    this.#disk.extend(this.#path, `\n${textOf(lines)}`);
    for (const line of lines) this.#add(line);
  }

  /** Whether most lines are superseded. */
  get isWasteful(): boolean {
    const { lines, last } = this.#load();
    return lines.length > 2 * last.size + SLACK;
  }

  /** Rewrites the file with the entries that count and are to be kept. */
  compact(keep: (entry: LogEntry) => boolean, { durable }: { readonly durable: boolean }): void {
    const lines = this.entries()
      .filter(keep)
      .map((entry) => this.#lineOf(entry));
    writeAtomically(this.#disk, this.#path, textOf(lines), { durable });
    this.#content = indexOf(lines);
  }

  #load() {
    if (this.#content === undefined) {
      const text = this.#disk.read(this.#path)?.toString('utf8') ?? '';
      this.#content = indexOf(text.split('\n').filter((line) => line !== ''));
    }
    return this.#content;
  }

  #add(line: Line): void {
    if (this.#content === undefined) return;
    const { lines, last } = this.#content;
    last.set(keyOf(line), lines.push(line) - 1);
  }

  async #flush(): Promise<void> {
    this.#isFlushing = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        if (!this.#isNamed) this.#disk.makeFolder(dirname(this.#path));
        await this.#disk.append(this.#path, `\n${textOf(batch.map(({ line }) => line))}`);
        // The first append may have made the file, or a killed run did and went no further.
        if (!this.#isNamed) await this.#disk.sync(dirname(this.#path));
        this.#isNamed = true;
        for (const { done } of batch) done();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    this.#isFlushing = false;
  }

  #lineOf({ key, value }: LogEntry): Line {
    const content = `${key}\t${value}`;
    return `${this.#sumOf(content)} ${content}`;
  }

  #sumOf(content: string): string {
    return crc32(content, this.#seed).toString(16).padStart(SUM, '0');
  }
}

/** Whether a key would be read back as it is. */
export function isLoggable(key: string): boolean {
  return !/[\t\n]/.test(key);
}

function keyOf(line: Line): string {
  return line.slice(SUM + 1, line.indexOf('\t'));
}

function textOf(lines: readonly Line[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

function indexOf(lines: Line[]) {
  return { lines, last: new Map(lines.map((line, at) => [keyOf(line), at])) };
}
