import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Cache } from '../cache/cache.ts';
import type { Fingerprint, OutputRecord } from '../cache/fingerprint.ts';
import { isTreeOf } from '../cache/tree.ts';
import type { ActionKey, Digest } from '../core/digest.ts';
import { assertInside } from '../disk/containment.ts';
import type { Instance } from '../pipeline/graph.ts';
import { isFolderOutput } from '../pipeline/output-files.ts';
import type { RemoteRecord } from './action-result.ts';
import { allSettled } from './http-store.ts';
import { receiveBlob } from './receive-blob.ts';
import type { RemoteStore } from './remote-store.ts';

/** Bytes; a record of 100,000 files takes a fifth of this. */
const MAX_RECORD = 64 * 1024 * 1024;

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
 * Action records and blobs that machines share: `ac/<action key>` and `cas/<digest>`. Every blob is
 * compared with its digest before it is used, and nothing from there is executed.
 */
export class RemoteCache {
  readonly #store: RemoteStore;
  readonly #cache: Cache;
  #files = 0;

  constructor(store: RemoteStore, cache: Cache) {
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
    const fetched = await allSettled(
      record.outputs.map((output) => this.#fetchOutput(output, instance.outputs[output.name])),
    );
    const damaged = fetched.find((result) => typeof result !== 'number');
    if (typeof damaged === 'object') return { state: 'damaged', path: `cas/${damaged.damaged}` };
    await this.#cache.actions.add({ key, instance: instance.id, ...record }, fingerprint);
    const sizes = fetched.filter((result) => typeof result === 'number');
    return { state: 'fetched', bytes: sizes.reduce((sum, size) => sum + size, 0) };
  }

  /**
   * @param declared the name of the output's file or folder
   * @returns the number of bytes fetched, or what is missing or damaged there
   */
  async #fetchOutput(
    output: OutputRecord,
    declared: string,
  ): Promise<number | { readonly damaged: Digest }> {
    const { digest, size, tree: manifest } = output;
    const own = await this.#fetchBlob(digest, manifest ?? size);
    if (own === undefined) return { damaged: digest };
    const isFolder = isFolderOutput(declared);
    if (manifest === undefined) return isFolder ? { damaged: digest } : own;
    const tree = this.#cache.outputs.treeOf(output);
    if (tree === undefined || !isTreeOf(isFolder, tree)) return { damaged: digest };
    const distinct = new Map(tree.files.map((file) => [file.digest, file.size]));
    const sizes = await allSettled([...distinct].map((file) => this.#fetchBlob(...file)));
    const lost = [...distinct.keys()].find((_, i) => sizes[i] === undefined);
    if (lost !== undefined) return { damaged: lost };
    return sizes.reduce<number>((sum, bytes) => sum + (bytes ?? 0), own);
  }

  /** @returns the number of bytes fetched; `undefined` if the blob is missing or damaged there */
  async #fetchBlob(digest: Digest, size: number): Promise<number | undefined> {
    const { blobs, disk, paths } = this.#cache;
    if ((await blobs.check(digest)) === 'sound') return 0;
    this.#files += 1;
    const file = join(paths.temporary, `remote-${process.pid}-${this.#files}`);
    assertInside(disk, paths.homeOf(paths.temporary), paths.temporary);
    disk.makeFolder(paths.temporary);
    try {
      if (!(await receiveBlob(this.#store, digest, disk, file, size))) return undefined;
      await blobs.adopt(file, digest);
      return size;
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
    const { outputs } = this.#cache;
    const filesOf = (output: OutputRecord) => outputs.treeOf(output)?.files ?? [];
    let bytes = 0;
    for (const output of record.outputs) {
      // Reads every blob: a flipped bit must not spread.
      if ((await outputs.verify(output)) !== 'sound') return { state: 'lost' };
      const { digest, size, tree } = output;
      const blobs = new Map(filesOf(output).map((file) => [file.digest, file.size]));
      blobs.set(digest, tree ?? size);
      const sent = await allSettled([...blobs].map((blob) => this.#sendBlob(...blob, force)));
      bytes += sent.reduce((sum, one) => sum + one, 0);
    }
    const { key: _, instance: __, ...rest } = record;
    const entry = (await loadCodec()).encodeActionResult(rest, filesOf);
    await this.#store.put(`ac/${key}`, { size: entry.length, open: () => Readable.from([entry]) });
    return { state: 'sent', bytes };
  }

  async #sendBlob(digest: Digest, size: number, force: boolean): Promise<number> {
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
