import { dirname, join } from 'node:path';
import { type Digest, digestBytes } from '../core/digest.ts';
import { assertInside } from '../disk/containment.ts';
import type { Disk } from '../disk/disk.ts';
import type { Paths } from '../disk/paths.ts';
import type { Signatures } from './signatures.ts';

/** Whether a blob exists and its content has the digest that names it. */
export type BlobState = 'sound' | 'missing' | 'damaged';

/** Bytes. Up to this size, reading and writing is faster than waiting for the thread pool to copy. */
const SMALL = 1 << 16;

const DIGEST = /^[0-9a-f]{64}$/;

/** Files named by the digest of their content, written once and never changed. */
export class BlobStore {
  readonly #disk: Disk;
  readonly #paths: Paths;
  readonly #signatures: Signatures;
  /** Folders known to exist. */
  readonly #folders = new Set<string>();

  constructor(disk: Disk, paths: Paths, signatures: Signatures) {
    this.#disk = disk;
    this.#paths = paths;
    this.#signatures = signatures;
  }

  /** Reads the blob only if its signature is not the recorded one. */
  async check(digest: Digest): Promise<BlobState> {
    return stateOf(await this.#signatures.digest(this.#paths.blob(digest)), digest);
  }

  /** Reads the blob in any case: a flipped bit leaves no trace in the signature. */
  async verify(digest: Digest): Promise<BlobState> {
    return stateOf(await this.#signatures.rehash(this.#paths.blob(digest)), digest);
  }

  /**
   * Moves a private file into the store; durable when the promise resolves.
   * @param file on the same file system, with this digest, no longer written to
   */
  async adopt(file: string, digest: Digest): Promise<void> {
    const blob = this.#paths.blob(digest);
    if ((await this.check(digest)) === 'sound') {
      this.#disk.remove(file);
      // A killed run may have put it there without syncing it.
      await this.#disk.sync(dirname(blob));
      return;
    }
    const own = await this.#withoutTwins(file);
    await this.#disk.sync(own);
    this.#disk.protect(own, false);
    await this.#makeFolder(dirname(blob));
    if (this.#disk.stat(blob)?.isFile === false) this.#disk.remove(blob);
    this.#disk.rename(own, blob);
    await this.#disk.sync(dirname(blob));
    this.#signatures.record(blob, digest, true);
  }

  /** A file that also has another name could be changed under that one: the store gets a copy. */
  async #withoutTwins(file: string): Promise<string> {
    if ((this.#disk.stat(file)?.links ?? 1) === 1) return file;
    const copy = `${file}.own`;
    await this.#disk.copy(file, copy);
    return copy;
  }

  /** Makes one of the folders that blobs are spread over, for good. */
  async #makeFolder(folder: string): Promise<void> {
    if (this.#folders.has(folder)) return;
    const { cache, blobs } = this.#paths;
    assertInside(this.#disk, this.#paths.homeOf(folder), folder);
    this.#disk.makeFolder(folder);
    // The names of the folders above must last too: theirs are made with the first of these.
    const above = this.#folders.size === 0 ? [blobs, cache, dirname(cache)] : [blobs];
    for (const parent of above) await this.#disk.sync(parent);
    this.#folders.add(folder);
  }

  /**
   * Writes a copy of a blob where nothing is and verifies it.
   * @returns the state of the blob; the copy is of use only if it is sound
   */
  async copyTo(digest: Digest, target: string): Promise<BlobState> {
    const blob = this.#paths.blob(digest);
    const stat = this.#disk.stat(blob);
    if (stat?.isFile !== true) return 'missing';
    if (stat.size > SMALL) {
      await this.#disk.copy(blob, target);
      return (await this.#disk.digest(target)) === digest ? 'sound' : 'damaged';
    }
    const bytes = this.#disk.read(blob);
    if (bytes === undefined) return 'missing';
    if (digestBytes(bytes) !== digest) return 'damaged';
    this.#disk.write(target, bytes);
    this.#disk.protect(target, false);
    return 'sound';
  }

  /** Digests of all blobs. */
  *list(): IterableIterator<Digest> {
    for (const start of this.#disk.list(this.#paths.blobs)) {
      const folder = join(this.#paths.blobs, start);
      // Whoever lists them may remove them.
      assertInside(this.#disk, this.#paths.homeOf(folder), folder);
      for (const rest of this.#disk.list(folder)) {
        const name = `${start}${rest}`;
        if (DIGEST.test(name)) yield name as Digest;
      }
    }
  }

  /** @returns bytes freed */
  remove(digest: Digest): number {
    const blob = this.#paths.blob(digest);
    const size = this.#disk.stat(blob)?.size ?? 0;
    this.#disk.remove(blob);
    return size;
  }
}

function stateOf(actual: Digest | undefined, wanted: Digest): BlobState {
  if (actual === undefined) return 'missing';
  return actual === wanted ? 'sound' : 'damaged';
}
