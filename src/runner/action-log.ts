import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import type { InstanceId } from '../pipeline/graph.ts';
import type { ActionKey } from './digest.ts';
import type { Disk } from './disk.ts';
import type { Fingerprint, OutputRecord } from './fingerprint.ts';
import type { Metrics } from './metrics.ts';

/** What an action made, and what it cost. */
export interface ActionRecord {
  readonly key: ActionKey;
  /** The instance that it was first done for. */
  readonly instance: InstanceId;
  readonly outputs: readonly OutputRecord[];
  /** Headline metrics; left out when there are none. */
  readonly metrics?: Metrics;
  readonly seconds: number;
  /** Type of the machine that did it; this one's, where an older record does not say. */
  readonly machine?: string;
  /** Milliseconds since 1970. */
  readonly finished: number;
}

const SUM_LENGTH = 8;
const KEY = SUM_LENGTH + 1;
const RECORD = KEY + 64 + 1;
const NAME = '{"instance":"';
const DIGEST = /^[0-9a-f]{64}$/;

/**
 * A line as it stands in the file, a character per byte: most are never asked for, and to read them as text
 * would take longer than all else.
 */
type Line = string;

/**
 * One line per action: `<crc32> <key> <record JSON>\t<fingerprint JSON>`. Lines are only ever added;
 * the last one of a key counts that is sound: not torn, not damaged.
 */
export class ActionLog {
  readonly #disk: Disk;
  readonly #path: string;
  #lines: Line[];
  #byKey: Chains;
  #byInstance: Chains | undefined;
  readonly #records = new Map<ActionKey, ActionRecord>();
  #endsInNewline: boolean;
  #pending: { readonly line: string; done(): void; failed(error: unknown): void }[] = [];
  #flushing = false;
  /** Whether the name of the file is known to last. */
  #isNamed = false;

  constructor(disk: Disk, path: string) {
    this.#disk = disk;
    this.#path = path;
    this.#lines = disk.read(path)?.toString('latin1').split('\n') ?? [''];
    // Without its end a line is torn.
    this.#endsInNewline = this.#lines.pop() === '';
    this.#byKey = new Chains(this.#lines, keyOf);
  }

  /** How many actions it tells of. */
  get size(): number {
    return [...this.#newest()].length;
  }

  get(key: ActionKey): ActionRecord | undefined {
    const known = this.#records.get(key);
    if (known !== undefined) return known;
    const parsed = this.#parse(key)?.[0];
    if (parsed === undefined) return undefined;
    const record = { key, ...(JSON.parse(parsed) as Omit<ActionRecord, 'key'>) };
    // A sum is no signature: a digest becomes a path, so it must be one.
    if (!record.outputs.every(({ digest }) => DIGEST.test(digest))) return undefined;
    this.#records.set(key, record);
    return record;
  }

  fingerprint(key: ActionKey): Fingerprint | undefined {
    const parsed = this.#parse(key)?.[1];
    return parsed === undefined ? undefined : (JSON.parse(parsed) as Fingerprint);
  }

  /** All records, the oldest first. */
  *records(): IterableIterator<ActionRecord> {
    for (const line of this.#newest()) {
      const record = this.get(keyOf(line));
      if (record !== undefined) yield record;
    }
  }

  /** Keys of what was done for an instance, the oldest first. */
  keysOf(instance: InstanceId): readonly ActionKey[] {
    this.#byInstance ??= new Chains(this.#lines, nameOf);
    const start = bytesOf(`${NAME}${JSON.stringify(instance).slice(1)}`);
    const keys = new Set<ActionKey>();
    for (const at of this.#byInstance.of(nameOf(start.padStart(start.length + RECORD)))) {
      const line = this.#lines[at];
      if (line.startsWith(start, RECORD)) keys.add(keyOf(line));
    }
    return [...keys].reverse();
  }

  /** Durable when the promise resolves; records that come together share one write. */
  async add(record: ActionRecord, fingerprint: Fingerprint): Promise<void> {
    const { key, ...rest } = record;
    const content = `${key} ${JSON.stringify(rest)}\t${JSON.stringify(fingerprint)}`;
    const line = `${sumOf(content)} ${content}`;
    await new Promise<void>((done, failed) => {
      this.#pending.push({ line, done, failed });
      if (!this.#flushing) void this.#flush();
    });
    this.#lines.push(bytesOf(line));
    this.#byKey.follow();
    this.#byInstance?.follow();
    this.#records.set(key, record);
  }

  /** Rewrites the log without the records that are not wanted and without damaged lines. */
  compact(keep: (record: ActionRecord) => boolean = () => true): void {
    const kept = [...this.#newest()].filter((line) => {
      const record = this.get(keyOf(line));
      return record !== undefined && keep(record);
    });
    this.#disk.replace(this.#path, Buffer.from(kept.map((line) => `${line}\n`).join(''), 'latin1'));
    this.#lines = kept;
    this.#byKey = new Chains(kept, keyOf);
    this.#byInstance = undefined;
    this.#records.clear();
    this.#endsInNewline = true;
  }

  async #flush(): Promise<void> {
    this.#flushing = true;
    while (this.#pending.length > 0) {
      const batch = this.#pending;
      this.#pending = [];
      const text = batch.map(({ line }) => `${line}\n`).join('');
      try {
        this.#disk.makeFolder(dirname(this.#path));
        await this.#disk.append(this.#path, this.#endsInNewline ? text : `\n${text}`);
        this.#endsInNewline = true;
        // The first append may have made the file, or a killed run did and went no further.
        if (!this.#isNamed) await this.#disk.sync(dirname(this.#path));
        this.#isNamed = true;
        for (const { done } of batch) done();
      } catch (error) {
        // A part may have been written: the next line must not continue it.
        this.#endsInNewline = false;
        for (const { failed } of batch) failed(error);
      }
    }
    this.#flushing = false;
  }

  /** The line that counts of every key, in the order in which they were written. */
  *#newest(): IterableIterator<Line> {
    for (const [at, line] of this.#lines.entries()) if (this.#find(keyOf(line)) === at) yield line;
  }

  /** Place of the line that counts. */
  #find(key: ActionKey): number | undefined {
    for (const at of this.#byKey.of(key)) if (isSound(this.#lines[at])) return at;
    return undefined;
  }

  #parse(key: ActionKey): readonly [record: string, fingerprint: string] | undefined {
    const at = this.#find(key);
    if (at === undefined) return undefined;
    const line = Buffer.from(this.#lines[at], 'latin1').toString('utf8');
    const tab = line.indexOf('\t');
    return [line.slice(RECORD, tab), line.slice(tab + 1)];
  }
}

/** Finds lines by a word in them: most words have one line, of which a number is all that is kept. */
class Chains {
  readonly #lines: readonly Line[];
  readonly #wordOf: (line: Line) => string;
  /** By word the last line, by line the one before it. */
  readonly #last = new Map<string, number>();
  readonly #before: (number | undefined)[] = [];

  constructor(lines: readonly Line[], wordOf: (line: Line) => string) {
    this.#lines = lines;
    this.#wordOf = wordOf;
    this.follow();
  }

  /** Takes in the lines that were added. */
  follow(): void {
    for (let at = this.#before.length; at < this.#lines.length; at += 1) {
      const word = this.#wordOf(this.#lines[at]);
      this.#before.push(this.#last.get(word));
      this.#last.set(word, at);
    }
  }

  /** Places of lines with this word, the last first. */
  *of(word: string): IterableIterator<number> {
    for (let at = this.#last.get(word); at !== undefined; at = this.#before[at]) yield at;
  }
}

/** Up to the first quote: of a few names a part, which others may begin with. */
const nameOf = (line: Line) =>
  line.slice(RECORD + NAME.length, line.indexOf('"', RECORD + NAME.length));
const keyOf = (line: Line) => line.slice(KEY, RECORD - 1) as ActionKey;
const bytesOf = (text: string): Line => Buffer.from(text).toString('latin1');

function isSound(line: Line): boolean {
  // Of nothing the sum is right too.
  return line.length > RECORD && line.startsWith(sumOf(Buffer.from(line.slice(KEY), 'latin1')));
}

function sumOf(content: string | Uint8Array): string {
  return crc32(content).toString(16).padStart(SUM_LENGTH, '0');
}
