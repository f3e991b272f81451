import { dirname, join } from 'node:path';
import type { Digest } from './digest.ts';
import type { Disk } from './disk.ts';
import type { Paths } from './paths.ts';
import type { StatIndex } from './stat-index.ts';

/** How a blob is found: there and as it was written, not there, or not what its name says. */
export type BlobState = 'sound' | 'missing' | 'damaged';

/** Files named by the digest of what they hold. They are written once and never changed. */
export class BlobStore {
  readonly #disk: Disk;
  readonly #paths: Paths;
  readonly #index: StatIndex;

  /** @param index of the blobs, apart from that of the artifacts: a run with nothing to do needs none of it */
  constructor(disk: Disk, paths: Paths, index: StatIndex) {
    this.#disk = disk;
    this.#paths = paths;
    this.#index = index;
  }

  /** Reads the blob only if its signature is not the recorded one. */
  async check(digest: Digest): Promise<BlobState> {
    return stateOf(await this.#index.digest(this.#paths.blob(digest)), digest);
  }

  /** Reads the blob in any case: a flipped bit leaves no trace in the signature. */
  async verify(digest: Digest): Promise<BlobState> {
    return stateOf(await this.#index.rehash(this.#paths.blob(digest)), digest);
  }

  /**
   * Moves a private file into the store; durable when the promise resolves.
   * @param file on the same file system, with this digest, written to by nobody any more
   */
  async adopt(file: string, digest: Digest): Promise<void> {
    const blob = this.#paths.blob(digest);
    if ((await this.check(digest)) === 'sound') {
      this.#disk.remove(file);
      return;
    }
    await this.#disk.sync(file);
    this.#disk.protect(file);
    this.#disk.makeFolder(dirname(blob));
    this.#disk.rename(file, blob);
    await this.#disk.sync(dirname(blob));
    this.#index.record(blob, digest);
  }

  /**
   * Writes a copy of a blob to a place outside the store and makes sure of what it holds.
   * @returns the state of the blob; the copy is there if it is sound
   */
  async copyTo(digest: Digest, target: string): Promise<BlobState> {
    const blob = this.#paths.blob(digest);
    if (this.#disk.stat(blob) === undefined) return 'missing';
    const folder = dirname(target);
    this.#disk.makeFolder(folder);
    const temporary = join(folder, `.${digest.slice(0, 16)}.part`);
    this.#disk.remove(temporary);
    await this.#disk.copy(blob, temporary);
    if ((await this.#disk.digest(temporary)) !== digest) {
      this.#disk.remove(temporary);
      return 'damaged';
    }
    // A folder in its place would refuse the rename.
    if (this.#disk.stat(target)?.isFile === false) this.#disk.remove(target);
    this.#disk.rename(temporary, target);
    return 'sound';
  }

  /** Digests of all blobs. */
  *list(): IterableIterator<Digest> {
    for (const start of this.#disk.list(this.#paths.blobs)) {
      for (const rest of this.#disk.list(join(this.#paths.blobs, start))) {
        yield `${start}${rest}` as Digest;
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

function stateOf(found: Digest | undefined, wanted: Digest): BlobState {
  if (found === undefined) return 'missing';
  return found === wanted ? 'sound' : 'damaged';
}
