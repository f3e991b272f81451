import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Cache } from '../cache/cache.ts';
import type { Fingerprint, OutputRecord } from '../cache/fingerprint.ts';
import type { ActionKey, Digest } from '../core/digest.ts';
import { explainDiskFault, RunError } from '../core/errors.ts';
import { assertInside } from '../disk/containment.ts';
import type { Instance } from '../pipeline/graph.ts';
import { decodeActionResult, encodeActionResult, type RemoteRecord } from './action-result.ts';
import type { HttpStore } from './http-store.ts';

/** Bytes; a record of 10,000 outputs has a tenth of this. */
const MAX_RECORD = 16 * 1024 * 1024;

/** What came of looking for an action: `damaged` is there, but not what it should be. */
export type Found =
  | { readonly state: 'fetched'; readonly bytes: number }
  | { readonly state: 'missing' }
  | { readonly state: 'damaged'; readonly what: string };

/** What came of sending one: `known` was there already, `lost` is in the cache no more. */
export type Sent =
  | { readonly state: 'sent'; readonly bytes: number }
  | { readonly state: 'known' }
  | { readonly state: 'lost'; readonly output: OutputRecord };

/**
 * Records and blobs that are shared over HTTP: `/ac/<action key>` and `/cas/<digest>`. Nothing that
 * comes from there is used before it is known to be what its digest says, and nothing of it is run.
 */
export class RemoteCache {
  readonly #store: HttpStore;
  readonly #cache: Cache;
  #files = 0;

  constructor(store: HttpStore, cache: Cache) {
    this.#store = store;
    this.#cache = cache;
  }

  /** For messages. */
  get url(): string {
    return this.#store.url;
  }

  /** @throws {RunError} when the remote cache cannot be reached or refuses */
  async has(key: ActionKey): Promise<boolean> {
    return await this.#store.has(`ac/${key}`);
  }

  /**
   * Brings what an action made into the cache; only for the holder of the lock.
   * @throws {RunError} when the remote cache cannot be reached or refuses
   */
  async fetch(instance: Instance, key: ActionKey, fingerprint: Fingerprint): Promise<Found> {
    const bytes = await this.#store.get(`ac/${key}`, (stream) => readWhole(stream, MAX_RECORD));
    if (bytes === undefined) return { state: 'missing' };
    const record = bytes === 'too large' ? undefined : decodeActionResult(bytes);
    if (record === undefined || !isOf(instance, record)) {
      return { state: 'damaged', what: `ac/${key}` };
    }
    const fetched = await allDone(record.outputs.map((output) => this.#fetchBlob(output)));
    const broken = fetched.indexOf(undefined);
    if (broken !== -1) return { state: 'damaged', what: `cas/${record.outputs[broken].digest}` };
    await this.#cache.actions.add({ key, instance: instance.id, ...record }, fingerprint);
    return { state: 'fetched', bytes: fetched.reduce<number>((sum, size) => sum + (size ?? 0), 0) };
  }

  /** @returns bytes that had to be fetched; `undefined` when they are not there or not right */
  async #fetchBlob({ digest, size }: OutputRecord): Promise<number | undefined> {
    const { blobs, disk, paths } = this.#cache;
    if ((await blobs.check(digest)) === 'sound') return 0;
    this.#files += 1;
    const file = join(paths.temporary, `remote-${process.pid}-${this.#files}`);
    assertInside(disk, paths.root, paths.temporary);
    disk.makeFolder(paths.temporary);
    try {
      const found = await this.#store.get(`cas/${digest}`, async (bytes) => {
        const sum = createHash('sha256');
        try {
          await pipeline(bytes, measured(sum, size), disk.writeStream(file));
        } catch (error) {
          throw explainDiskFault(error, 'store what the remote cache has');
        }
        return sum.digest('hex') as Digest;
      });
      if (found !== digest) return undefined;
      await blobs.adopt(file, digest);
      return size;
    } catch (error) {
      if (error instanceof TooLong) return undefined;
      throw error;
    } finally {
      disk.remove(file);
    }
  }

  /**
   * Sends what an action made: first the files, then the record that names them.
   * @param again also what is there already
   * @throws {RunError} when the remote cache cannot be reached or refuses
   */
  async send(key: ActionKey, again: boolean): Promise<Sent> {
    const record = this.#cache.actions.get(key);
    if (record === undefined) throw new Error(`no record of ${key}`);
    if (!again && (await this.#store.has(`ac/${key}`))) return { state: 'known' };
    let bytes = 0;
    for (const output of record.outputs) {
      // Read, not believed: a flipped bit must not spread.
      if ((await this.#cache.blobs.verify(output.digest)) !== 'sound') {
        return { state: 'lost', output };
      }
      bytes += await this.#sendBlob(output, again);
    }
    const { key: _, instance: __, ...rest } = record;
    const entry = encodeActionResult(rest);
    await this.#store.put(`ac/${key}`, { size: entry.length, open: () => Readable.from([entry]) });
    return { state: 'sent', bytes };
  }

  async #sendBlob({ digest, size }: OutputRecord, again: boolean): Promise<number> {
    const { disk, paths } = this.#cache;
    const path = `cas/${digest}`;
    if (!again && (await this.#store.has(path))) return 0;
    await this.#store.put(path, { size, open: () => disk.readStream(paths.blob(digest)) });
    return size;
  }

  close(): void {
    this.#store.close();
  }
}

/** A record of another version of the stage is none of this one: its outputs become paths. */
function isOf({ outputs }: Instance, record: RemoteRecord): boolean {
  const names = record.outputs.map(({ name }) => name).sort();
  return JSON.stringify(names) === JSON.stringify(Object.keys(outputs).sort());
}

/** More bytes than there should be. */
class TooLong extends RunError {}

function measured(sum: ReturnType<typeof createHash>, size: number) {
  return async function* (bytes: AsyncIterable<Buffer>) {
    let left = size;
    for await (const chunk of bytes) {
      left -= chunk.length;
      // Before it is written: nobody fills this disk.
      if (left < 0) throw new TooLong('more bytes than there should be');
      sum.update(chunk);
      yield chunk;
    }
  };
}

/** Like Promise.all, but nothing is under way any more when it rejects. */
async function allDone<T>(work: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(work);
  return await Promise.all(work);
}

async function readWhole(stream: Readable, limit: number): Promise<Buffer | 'too large'> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) return 'too large';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
