import { basename, dirname, join } from 'node:path';
import pLimit from 'p-limit';
import type { Digest } from '../core/digest.ts';
import { RunError } from '../core/errors.ts';
import { assertInside } from '../disk/containment.ts';
import type { Disk } from '../disk/disk.ts';
import type { Paths } from '../disk/paths.ts';
import type { BlobState, BlobStore } from './blobs.ts';
import type { OutputRecord } from './fingerprint.ts';
import { manifestFile, parseTree, type Tree } from './tree.ts';

/** Files of a tree that are made to last at a time: waiting for the disk one by one would take longest. */
const AT_ONCE = 16;

/** What an output is known by in the store. */
type Stored = Pick<OutputRecord, 'digest' | 'tree'>;

/**
 * Outputs as blobs: a plain file is one; a tree is one for each of its files and one for its manifest, which
 * names them.
 */
export class OutputStore {
  readonly #disk: Disk;
  readonly #paths: Paths;
  readonly #blobs: BlobStore;

  constructor(disk: Disk, paths: Paths, blobs: BlobStore) {
    this.#disk = disk;
    this.#paths = paths;
    this.#blobs = blobs;
  }

  /** Whether all of an output is there, judged as `BlobStore.check` does. */
  async check(output: Stored): Promise<BlobState> {
    return await this.#stateOf(output, (digest) => this.#blobs.check(digest));
  }

  /** The same, reading every byte. */
  async verify(output: Stored): Promise<BlobState> {
    return await this.#stateOf(output, (digest) => this.#blobs.verify(digest));
  }

  async #stateOf(output: Stored, stateOf: (digest: Digest) => Promise<BlobState>) {
    const own = await stateOf(output.digest);
    if (own !== 'sound' || output.tree === undefined) return own;
    const tree = this.treeOf(output);
    if (tree === undefined) return 'damaged';
    for (const { digest } of tree.files) {
      const state = await stateOf(digest);
      if (state !== 'sound') return state;
    }
    return 'sound';
  }

  /** What a tree holds, by its manifest; `undefined` if that is lost or none. */
  treeOf({ digest, tree }: Stored): Tree | undefined {
    if (tree === undefined) return undefined;
    return parseTree(this.#disk.read(this.#paths.blob(digest))?.toString('utf8') ?? '');
  }

  /** Digests of all blobs of an output. */
  blobsOf(output: Stored): readonly Digest[] {
    return [output.digest, ...(this.treeOf(output)?.files ?? []).map(({ digest }) => digest)];
  }

  /**
   * Moves a private file or folder into the store, and the manifest beside it; durable when the promise
   * resolves. What a record names is there before the record.
   */
  async adopt(path: string, { digest, tree }: OutputRecord): Promise<void> {
    if (tree === undefined) {
      await this.#blobs.adopt(path, digest);
      return;
    }
    const manifest = manifestFile(path);
    const content = parseTree(this.#disk.read(manifest)?.toString('utf8') ?? '');
    if (content === undefined) throw new RunError(`${manifest} changed while it was stored`);
    const distinct = new Map(content.files.map((file) => [file.digest, file.path]));
    const limit = pLimit(AT_ONCE);
    await Promise.all(
      [...distinct].map(([own, file]) => limit(() => this.#blobs.adopt(join(path, file), own))),
    );
    await this.#blobs.adopt(manifest, digest);
  }

  /**
   * Writes a verified copy of an output in an artifact's place.
   * @returns the state of the blobs; the copy is there if they are sound
   */
  async place(output: Stored, target: string): Promise<BlobState> {
    if (this.#disk.stat(this.#paths.blob(output.digest))?.isFile !== true) return 'missing';
    const folder = dirname(target);
    assertInside(this.#disk, this.#paths.root, folder);
    if (this.#disk.stat(folder) === undefined) this.#disk.makeFolder(folder);
    else this.#removePartial(folder);
    const part = join(folder, `.${output.digest.slice(0, 16)}.part`);
    const state =
      output.tree === undefined
        ? await this.#blobs.copyTo(output.digest, part)
        : await this.#build(output, part);
    if (state === 'sound') this.#replace(part, target);
    else this.#disk.remove(part);
    return state;
  }

  /** Removes what killed runs left half written. */
  #removePartial(folder: string): void {
    for (const name of this.#disk.list(folder)) {
      if (isPartial(name)) this.#disk.remove(join(folder, name));
    }
  }

  /** Writes a tree where nothing is. */
  async #build(output: Stored, target: string): Promise<BlobState> {
    const state = await this.#blobs.check(output.digest);
    const tree = this.treeOf(output);
    if (state !== 'sound' || tree === undefined) return state === 'sound' ? 'damaged' : state;
    const isFolder = tree.files[0]?.path !== '';
    if (isFolder) this.#disk.makeFolder(target);
    for (const path of tree.empty) this.#disk.makeFolder(join(target, path));
    for (const { path, digest, isExecutable } of tree.files) {
      const file = join(target, path);
      if (path.includes('/')) this.#disk.makeFolder(dirname(file));
      const copied = await this.#blobs.copyTo(digest, file);
      if (copied !== 'sound') return copied;
      if (isExecutable) this.#disk.protect(file, true);
    }
    return 'sound';
  }

  #replace(part: string, target: string): void {
    const before = this.#disk.stat(target);
    // A rename replaces files alone. A kill in between leaves nothing, which is then restored.
    const isInWay = before !== undefined && !(before.isFile && this.#disk.stat(part)?.isFile);
    // Where the next run finds it, should this one be killed while it removes it.
    const old = join(this.#paths.artifacts, basename(part).replace('.part', '.old.part'));
    if (isInWay) this.#disk.remove(old);
    if (isInWay) this.#disk.rename(target, old);
    this.#disk.rename(part, target);
    if (isInWay) this.#disk.remove(old);
  }
}

/** Whether a killed run left a file or folder half written. */
export function isPartial(name: string): boolean {
  return name.startsWith('.') && name.endsWith('.part');
}
