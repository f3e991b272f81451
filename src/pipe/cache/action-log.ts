import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import type { ActionKey } from '../core/digest.ts';
import type { Disk } from '../disk/disk.ts';
import type { InstanceId } from '../pipeline/graph.ts';
import type { Fingerprint, OutputRecord } from './fingerprint.ts';
import {
  KEY,
  keyOf,
  type Line,
  LogLines,
  lineOf,
  NEWLINE,
  RECORD,
  SUM_LENGTH,
} from './log-lines.ts';
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

/** Something that was done for an instance. */
export interface Done {
  readonly record: ActionRecord;
  /** Of what: long, and read only when it is asked for. */
  fingerprint(): Fingerprint;
}

const DIGEST = /^[0-9a-f]{64}$/;

/**
 * One line per action: `<crc32> <key> <record JSON>\t<fingerprint JSON>`. Lines are only ever added;
 * the last one of a key counts that is sound: not torn, not damaged.
 */
export class ActionLog {
  readonly #disk: Disk;
  readonly #path: string;
  #lines: LogLines;
  /** What was asked for, also in vain: that takes a look at the whole log. */
  readonly #records = new Map<ActionKey, ActionRecord | undefined>();
  #endsInNewline: boolean;
  #pending: { readonly line: string; done(): void; failed(error: unknown): void }[] = [];
  #flushing = false;
  /** Whether the name of the file is known to last. */
  #isNamed = false;

  constructor(disk: Disk, path: string) {
    this.#disk = disk;
    this.#path = path;
    const content = disk.read(path) ?? Buffer.alloc(0);
    this.#lines = new LogLines(content);
    this.#endsInNewline = content.length === 0 || content.at(-1) === NEWLINE;
  }

  /** How many actions it tells of. */
  get size(): number {
    return this.#newest().length;
  }

  get(key: ActionKey): ActionRecord | undefined {
    if (!this.#records.has(key)) {
      const parts = this.#partsOf(key);
      this.#records.set(key, parts && parseRecord(key, parts));
    }
    return this.#records.get(key);
  }

  fingerprint(key: ActionKey): Fingerprint | undefined {
    const parts = this.#partsOf(key);
    return parts && (JSON.parse(parts.fingerprint) as Fingerprint);
  }

  /** All records, the oldest first. */
  *records(): IterableIterator<ActionRecord> {
    for (const line of this.#newest()) {
      const record = this.get(keyOf(line));
      if (record !== undefined) yield record;
    }
  }

  /** What was done for an instance, the last first; of each action the last time. */
  *doneFor(instance: InstanceId): IterableIterator<Done> {
    const seen = new Set<ActionKey>();
    for (const line of this.#lines.ofInstance(instance)) {
      const key = keyOf(line);
      const parts = seen.has(key) ? undefined : partsOf(line);
      const record = parts && parseRecord(key, parts);
      if (parts === undefined || record === undefined) continue;
      seen.add(key);
      yield { record, fingerprint: () => JSON.parse(parts.fingerprint) as Fingerprint };
    }
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
    this.#lines.add(lineOf(line));
    this.#records.set(key, record);
  }

  /** Rewrites the log without the records that are not wanted and without damaged lines. */
  compact(keep: (record: ActionRecord) => boolean = () => true): void {
    const kept = this.#newest().filter((line) => {
      const record = this.get(keyOf(line));
      return record !== undefined && keep(record);
    });
    const content = Buffer.from(kept.map((line) => `${line}\n`).join(''), 'latin1');
    this.#disk.replace(this.#path, content);
    this.#lines = new LogLines(content);
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
  #newest(): readonly Line[] {
    const seen = new Set<ActionKey>();
    const newest: Line[] = [];
    for (const line of this.#lines.all.toReversed()) {
      const key = keyOf(line);
      if (seen.has(key) || soundBytes(line) === undefined) continue;
      seen.add(key);
      newest.push(line);
    }
    return newest.reverse();
  }

  #partsOf(key: ActionKey): Parts | undefined {
    for (const line of this.#lines.withKey(key)) {
      const parts = partsOf(line);
      if (parts !== undefined) return parts;
    }
    return undefined;
  }
}

/** A line's JSON. */
interface Parts {
  readonly record: string;
  readonly fingerprint: string;
}

/** `undefined` if the line is not what was written. */
function partsOf(line: Line): Parts | undefined {
  const text = soundBytes(line)?.toString('utf8', RECORD);
  if (text === undefined) return undefined;
  const tab = text.indexOf('\t');
  return { record: text.slice(0, tab), fingerprint: text.slice(tab + 1) };
}

function parseRecord(key: ActionKey, parts: Parts): ActionRecord | undefined {
  const record = { key, ...(JSON.parse(parts.record) as Omit<ActionRecord, 'key'>) };
  // A sum is no signature: a digest becomes a path, so it must be one.
  return record.outputs.every(({ digest }) => DIGEST.test(digest)) ? record : undefined;
}

/** A line as bytes, if it is what was written. */
function soundBytes(line: Line): Buffer | undefined {
  // Of nothing the sum is right too.
  if (line.length <= RECORD) return undefined;
  const bytes = Buffer.from(line, 'latin1');
  return line.startsWith(sumOf(bytes.subarray(KEY))) ? bytes : undefined;
}

function sumOf(content: string | Uint8Array): string {
  return crc32(content).toString(16).padStart(SUM_LENGTH, '0');
}
