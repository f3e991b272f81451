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

const KEY_LENGTH = 64;
const SUM_LENGTH = 8;
const DIGEST = /^[0-9a-f]{64}$/;

/**
 * One line per action: `<crc32> <key> <record JSON>\t<fingerprint JSON>`. Lines are only ever added;
 * the last one of a key counts, and a line that is torn or damaged does not. Fingerprints are long and
 * serve explanations only, so they are parsed when asked for.
 */
export class ActionLog {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #lines = new Map<ActionKey, string>();
  readonly #records = new Map<ActionKey, ActionRecord>();
  /** Lines that are known to be damaged or superseded. */
  #dead = 0;
  #endsInNewline = true;
  #pending: { readonly line: string; done(): void; failed(error: unknown): void }[] = [];
  #flushing = false;
  /** Whether the name of the file is known to last. */
  #isNamed = false;

  constructor(disk: Disk, path: string) {
    this.#disk = disk;
    this.#path = path;
    const text = disk.read(path)?.toString('utf8') ?? '';
    this.#endsInNewline = text === '' || text.endsWith('\n');
    for (let start = 0; start < text.length; ) {
      const end = text.indexOf('\n', start);
      // Without its end a line is torn.
      if (end === -1) break;
      this.#keep(text.slice(start, end));
      start = end + 1;
    }
  }

  get size(): number {
    return this.#lines.size;
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
    for (const key of this.#lines.keys()) {
      const record = this.get(key);
      if (record !== undefined) yield record;
    }
  }

  /** Keys of what was done for each instance, the oldest first, be their lines sound or not. */
  keysByInstance(): ReadonlyMap<InstanceId, readonly ActionKey[]> {
    const keys = new Map<InstanceId, ActionKey[]>();
    for (const [key, line] of this.#lines) {
      const id = instanceOf(line);
      const known = keys.get(id);
      if (known === undefined) keys.set(id, [key]);
      else known.push(key);
    }
    return keys;
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
    this.#lines.delete(key);
    this.#lines.set(key, line);
    this.#records.set(key, record);
  }

  /** Rewrites the log without the records that are not wanted and without damaged lines. */
  compact(keep: (record: ActionRecord) => boolean = () => true): void {
    const kept: string[] = [];
    for (const [key, line] of [...this.#lines]) {
      const record = this.get(key);
      if (record !== undefined && keep(record)) kept.push(line);
      else {
        this.#lines.delete(key);
        this.#records.delete(key);
      }
    }
    this.#disk.replace(this.#path, kept.map((line) => `${line}\n`).join(''));
    this.#dead = 0;
    this.#endsInNewline = true;
  }

  /** Whether more of the file is dead than alive. */
  get isWasteful(): boolean {
    return this.#dead > 100 && this.#dead > this.#lines.size;
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

  #keep(line: string): void {
    const key = line.slice(SUM_LENGTH + 1, SUM_LENGTH + 1 + KEY_LENGTH) as ActionKey;
    // Most keys have one line: whether that is sound is found out when it is asked for.
    if (this.#lines.has(key)) {
      this.#dead += 1;
      if (!this.#isSound(line)) return;
      // Deleted first, so that the order is that of the last writing.
      this.#lines.delete(key);
    }
    if (line !== '') this.#lines.set(key, line);
  }

  #isSound(line: string): boolean {
    return line.length > SUM_LENGTH && line.startsWith(sumOf(line.slice(SUM_LENGTH + 1)));
  }

  #parse(key: ActionKey): readonly [record: string, fingerprint: string] | undefined {
    const line = this.#lines.get(key);
    if (line === undefined) return undefined;
    if (!this.#isSound(line)) {
      this.#lines.delete(key);
      this.#dead += 1;
      return undefined;
    }
    const tab = line.indexOf('\t');
    return [line.slice(RECORD, tab), line.slice(tab + 1)];
  }
}

const RECORD = SUM_LENGTH + KEY_LENGTH + 2;
const NAME = '{"instance":"';

/** Taken from where records have it, and found where they do not: parsing each takes long. */
function instanceOf(line: string): InstanceId {
  if (line.startsWith(NAME, RECORD)) {
    const start = RECORD + NAME.length;
    const id = line.slice(start, line.indexOf('"', start));
    if (!id.includes('\\')) return id;
  }
  try {
    const record = JSON.parse(line.slice(RECORD, line.indexOf('\t'))) as ActionRecord;
    return record.instance;
  } catch {
    return '';
  }
}

function sumOf(content: string): string {
  return crc32(content).toString(16).padStart(SUM_LENGTH, '0');
}
