import type { ActionKey } from '../core/digest.ts';
import type { Disk } from '../disk/disk.ts';
import type { InstanceId } from '../pipeline/graph.ts';
import type { Fingerprint, OutputRecord } from './fingerprint.ts';
import { Log } from './log.ts';
import type { Metrics } from './metrics.ts';

const FORMAT = 'actions 2';

/** The result of an action, and its cost. */
export interface ActionRecord {
  readonly key: ActionKey;
  /** The instance that it was first done for. */
  readonly instance: InstanceId;
  readonly outputs: readonly OutputRecord[];
  /** Headline metrics; left out when there are none. */
  readonly metrics?: Metrics;
  readonly seconds: number;
  /** Floating-point operations that its stage declared; left out by stages without costs and older versions. */
  readonly flops?: number;
  /** Type of the machine that did it; this one's, where an older record does not say. */
  readonly machine?: string;
  /** Version of Node that ran it, e.g. `v22.11.0`; left out by older versions. */
  readonly node?: string;
  /** Milliseconds since 1970. */
  readonly finished: number;
}

/** A recorded action of an instance. */
export interface Done {
  readonly record: ActionRecord;
  /** The action's fingerprint; parsed on demand, because it is long. */
  fingerprint(): Fingerprint;
}

const DIGEST = /^[0-9a-f]{64}$/;

/**
 * The results of all actions: a log with a line per action, by its key. The value is, as JSON between tabs,
 * the instance, the record and the fingerprint.
 */
export class ActionLog {
  readonly #log: Log;
  /** Lookups so far, unsuccessful ones included. */
  readonly #records = new Map<ActionKey, ActionRecord | undefined>();
  /** Lines about each instance, by its JSON. */
  #byInstance: Map<string, string[]> | undefined;

  constructor(disk: Disk, path: string) {
    this.#log = new Log(disk, path, FORMAT);
  }

  /** How many actions it records. */
  get size(): number {
    return this.#log.entries().length;
  }

  get(key: ActionKey): ActionRecord | undefined {
    if (!this.#records.has(key)) {
      const value = this.#log.get(key);
      this.#records.set(key, value === undefined ? undefined : parseRecord(key, value));
    }
    return this.#records.get(key);
  }

  fingerprint(key: ActionKey): Fingerprint | undefined {
    const value = this.#log.get(key);
    return value === undefined ? undefined : parseFingerprint(value);
  }

  /** All records, the oldest first. */
  *records(): IterableIterator<ActionRecord> {
    for (const { key, value } of this.#log.entries()) {
      const record = parseRecord(key as ActionKey, value);
      if (record !== undefined) yield record;
    }
  }

  /** Actions of an instance, the latest first, each once. */
  *doneFor(instance: InstanceId): IterableIterator<Done> {
    const lines = this.#linesByInstance().get(JSON.stringify(instance)) ?? [];
    const seen = new Set<string>();
    for (const line of lines.toReversed()) {
      const entry = this.#log.read(line);
      if (entry === undefined || seen.has(entry.key)) continue;
      const { key, value } = entry;
      const record = parseRecord(key as ActionKey, value);
      if (record === undefined) continue;
      seen.add(key);
      yield { record, fingerprint: () => parseFingerprint(value) };
    }
  }

  /** Durable when the promise resolves. */
  async add(record: ActionRecord, fingerprint: Fingerprint): Promise<void> {
    const { key, instance, ...rest } = record;
    const parts = [instance, rest, fingerprint].map((part) => JSON.stringify(part));
    const line = await this.#log.append(key, parts.join('\t'));
    this.#records.set(key, record);
    if (this.#byInstance !== undefined) addTo(this.#byInstance, line);
  }

  /** Rewrites the log without damaged lines and without the records that need not be kept. */
  compact(keep: (record: ActionRecord) => boolean = () => true): void {
    const isKept = ({ key, value }: { readonly key: string; readonly value: string }) => {
      const record = parseRecord(key as ActionKey, value);
      return record !== undefined && keep(record);
    };
    this.#log.compact(isKept, { durable: true });
    this.#records.clear();
    this.#byInstance = undefined;
  }

  #linesByInstance(): ReadonlyMap<string, string[]> {
    if (this.#byInstance === undefined) {
      this.#byInstance = new Map();
      for (const line of this.#log.lines) addTo(this.#byInstance, line);
    }
    return this.#byInstance;
  }
}

/** @param line sound or damaged: most are never parsed */
function addTo(byInstance: Map<string, string[]>, line: string): void {
  const start = line.indexOf('\t') + 1;
  const instance = line.slice(start, line.indexOf('\t', start));
  const lines = byInstance.get(instance);
  if (lines === undefined) byInstance.set(instance, [line]);
  else lines.push(line);
}

function parseRecord(key: ActionKey, value: string): ActionRecord | undefined {
  const [instance, rest] = value.split('\t', 2).map((part) => JSON.parse(part));
  const record: ActionRecord = { key, instance, ...rest };
  // A checksum is no protection against forgery: check the digest before using it as a path.
  return record.outputs.every(({ digest }) => DIGEST.test(digest)) ? record : undefined;
}

function parseFingerprint(value: string): Fingerprint {
  return JSON.parse(value.slice(value.lastIndexOf('\t') + 1)) as Fingerprint;
}
