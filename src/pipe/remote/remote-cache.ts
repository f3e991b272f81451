import { createHash, type Hash } from 'node:crypto';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Cache } from '../cache/cache.ts';
import type { Fingerprint, OutputRecord } from '../cache/fingerprint.ts';
import type { ActionKey, Digest } from '../core/digest.ts';
import { explainDiskFault, RunError } from '../core/errors.ts';
import { assertInside } from '../disk/containment.ts';
import type { Instance } from '../pipeline/graph.ts';
import type { RemoteRecord } from './action-result.ts';
import type { HttpStore } from './http-store.ts';
import { allSettled } from './requests.ts';

/** Bytes; a record of 10,000 outputs takes a tenth of this. */
const MAX_RECORD = 16 * 1024 * 1024;

/** `damaged`: the remote cache has it, but the content is wrong. */
type FetchResult =
  | { readonly state: 'fetched'; readonly bytes: number }
  | { readonly state: 'missing' }
  | { readonly state: 'damaged'; readonly path: string };

/** `present`: it was there already. `lost`: a blob is missing or damaged in the local cache. */
type SendResult =
  | { readonly state: 'sent'; readonly bytes: number }
  | { readonly state: 'present' }
  | { readonly state: 'lost' };

/**
 * Action records and blobs shared over HTTP: `/ac/<action key>` and `/cas/<digest>`. Every blob is
 * compared with its digest before it is used, and nothing from there is executed.
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

  /** @throws {RunError} if the remote cache fails */
  async has(key: ActionKey): Promise<boolean> {
    return await this.#store.has(`ac/${key}`);
  }

  /**
   * Copies the result of an action into the local cache. Requires the project's lock.
   * @throws {RunError} if the remote cache fails
   */
  async fetch(instance: Instance, key: ActionKey, fingerprint: Fingerprint): Promise<FetchResult> {
    const bytes = await this.#store.get(`ac/${key}`, (stream) => readAtMost(stream, MAX_RECORD));
    if (bytes === undefined) return { state: 'missing' };
    const { decodeActionResult } = await loadCodec();
    const record = bytes === 'too large' ? undefined : decodeActionResult(bytes);
    if (record === undefined || !hasOutputsOf(instance, record)) {
      return { state: 'damaged', path: `ac/${key}` };
    }
    const sizes = await allSettled(record.outputs.map((output) => this.#fetchBlob(output)));
    const damaged = record.outputs.find((_, i) => sizes[i] === undefined);
    if (damaged !== undefined) return { state: 'damaged', path: `cas/${damaged.digest}` };
    await this.#cache.actions.add({ key, instance: instance.id, ...record }, fingerprint);
    return { state: 'fetched', bytes: sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0) };
  }

  /** @returns the number of bytes fetched; `undefined` if the blob is missing or damaged there */
  async #fetchBlob({ digest, size }: OutputRecord): Promise<number | undefined> {
    const { blobs, disk, paths } = this.#cache;
    if ((await blobs.check(digest)) === 'sound') return 0;
    this.#files += 1;
    const file = join(paths.temporary, `remote-${process.pid}-${this.#files}`);
    assertInside(disk, paths.root, paths.temporary);
    disk.makeFolder(paths.temporary);
    try {
      const received = await this.#store.get(`cas/${digest}`, async (bytes) => {
        const hasher = createHash('sha256');
        try {
          await pipeline(bytes, hashAtMost(hasher, size), disk.writeStream(file));
        } catch (error) {
          throw explainDiskFault(error, 'store a file from the remote cache');
        }
        return hasher.digest('hex') as Digest;
      });
      if (received !== digest) return undefined;
      await blobs.adopt(file, digest);
      return size;
    } catch (error) {
      if (error instanceof TooLongError) return undefined;
      throw error;
    } finally {
      disk.remove(file);
    }
  }

  /**
   * Sends the result of an action: first the blobs, then the record that names them.
   * @param force also send what is already there
   * @throws {RunError} if the remote cache fails
   */
  async send(key: ActionKey, force: boolean): Promise<SendResult> {
    const record = this.#cache.actions.get(key);
    if (record === undefined) throw new Error(`no record of ${key}`);
    if (!force && (await this.#store.has(`ac/${key}`))) return { state: 'present' };
    let bytes = 0;
    for (const output of record.outputs) {
      // Reads the whole blob: a flipped bit must not spread.
      if ((await this.#cache.blobs.verify(output.digest)) !== 'sound') return { state: 'lost' };
      bytes += await this.#sendBlob(output, force);
    }
    const { key: _, instance: __, ...rest } = record;
    const entry = (await loadCodec()).encodeActionResult(rest);
    await this.#store.put(`ac/${key}`, { size: entry.length, open: () => Readable.from([entry]) });
    return { state: 'sent', bytes };
  }

  async #sendBlob({ digest, size }: OutputRecord, force: boolean): Promise<number> {
    const { disk, paths } = this.#cache;
    const path = `cas/${digest}`;
    if (!force && (await this.#store.has(path))) return 0;
    await this.#store.put(path, { size, open: () => disk.readStream(paths.blob(digest)) });
    return size;
  }

  close(): void {
    this.#store.close();
  }
}

/** Loaded on demand: protobufjs and zod take longer than most commands. */
const loadCodec = () => import('./action-result.ts');

/** Strict, because output names become paths; another version of the stage may have others. */
function hasOutputsOf({ outputs }: Instance, record: RemoteRecord): boolean {
  const names = record.outputs.map(({ name }) => name).sort();
  return JSON.stringify(names) === JSON.stringify(Object.keys(outputs).sort());
}

/** More bytes than the record says. */
class TooLongError extends RunError {}

/** Passes bytes through a hash. @throws {TooLongError} */
function hashAtMost(hasher: Hash, size: number) {
  return async function* (bytes: AsyncIterable<Buffer>) {
    let left = size;
    for await (const chunk of bytes) {
      left -= chunk.length;
      // Checked before writing, so that an endless response cannot fill the disk.
      if (left < 0) throw new TooLongError('more bytes than expected');
      hasher.update(chunk);
      yield chunk;
    }
  };
}

async function readAtMost(stream: Readable, limit: number): Promise<Buffer | 'too large'> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) return 'too large';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
