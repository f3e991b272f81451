import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import {
  artifactDigest,
  formatTree,
  manifestFile,
  parseTree,
  readExecutable,
  readTree,
  type Tree,
} from '../cache/tree.ts';
import { type Digest, digestText } from '../core/digest.ts';
import { RunError } from '../core/errors.ts';
import type { Disk } from '../disk/disk.ts';
import { replaceFile } from '../disk/write-atomically.ts';
import { allSettled } from './http-store.ts';
import { receiveBlob } from './receive-blob.ts';
import type { RemoteStore } from './remote-store.ts';

/** A file, or the manifest of a tree, in a store. */
export interface StoredArtifact {
  readonly digest: Digest;
  readonly isTree?: true;
}

/**
 * Files and folders in a store, by digest: put there from where they are, and got to where they are needed,
 * compared with their digest on arrival.
 */
export class RemoteFiles {
  readonly #store: RemoteStore;
  readonly #disk: Disk;
  /** Digests that are there: what was seen or sent once is not asked for again. */
  readonly #sent = new Map<Digest, Promise<void>>();

  constructor(store: RemoteStore, disk: Disk) {
    this.#store = store;
    this.#disk = disk;
  }

  /** Whether a file is there. */
  async has(digest: Digest): Promise<boolean> {
    return await this.#store.has(`cas/${digest}`);
  }

  /**
   * Sends a file or a folder.
   * @param known its digest, where that is known
   * @returns `undefined` if there is none, or nothing that can be stored
   */
  async putArtifact(path: string, known?: Digest): Promise<StoredArtifact | undefined> {
    const stat = this.#disk.stat(path);
    const isTree = stat?.isFolder === true || stat?.isExecutable === true;
    const kind = isTree ? ({ isTree: true } as const) : {};
    if (known !== undefined && this.#sent.has(known)) {
      await this.#sent.get(known);
      return { digest: known, ...kind };
    }
    const digest = known ?? (await artifactDigest(this.#disk, path));
    if (stat === undefined || digest === undefined) return undefined;
    if (!isTree) await this.putFile(path, digest);
    else {
      const tree = stat.isFolder
        ? await readTree(this.#disk, path)
        : await readExecutable(this.#disk, path);
      await this.putTree(path, tree);
    }
    return { digest, ...kind };
  }

  /** @returns the digest of the manifest */
  async putTree(path: string, tree: Tree): Promise<Digest> {
    await allSettled(tree.files.map((file) => this.putFile(join(path, file.path), file.digest)));
    return await this.putText(formatTree(tree));
  }

  async putFile(path: string, digest: Digest): Promise<void> {
    const size = this.#disk.stat(path)?.size ?? 0;
    await this.#put(digest, size, () => this.#disk.readStream(path));
  }

  async putText(text: string): Promise<Digest> {
    const bytes = Buffer.from(text);
    const digest = digestText(text);
    await this.#put(digest, bytes.length, () => Readable.from([bytes]));
    return digest;
  }

  async #put(digest: Digest, size: number, open: () => Readable): Promise<void> {
    const known = this.#sent.get(digest);
    if (known !== undefined) return await known;
    const sending = this.has(digest).then(async (isThere) => {
      if (!isThere) await this.#store.put(`cas/${digest}`, { size, open });
    });
    this.#sent.set(digest, sending);
    // Tried again by whoever needs it next.
    sending.catch(() => this.#sent.delete(digest));
    await sending;
  }

  /**
   * Fetches a file, or a folder with its manifest beside it, unless it is there as it should be.
   * @throws {RunError} if the store has not got it, or something else
   */
  async getArtifact({ digest, isTree }: StoredArtifact, path: string): Promise<void> {
    if (!isTree) return await this.getFile(digest, path);
    const manifest = manifestFile(path);
    await this.getFile(digest, manifest);
    const tree = parseTree(this.#disk.read(manifest)?.toString('utf8') ?? '');
    if (tree === undefined) throw damaged(digest);
    if (tree.files[0]?.path !== '') this.#disk.makeFolder(path);
    for (const folder of tree.empty) this.#disk.makeFolder(join(path, folder));
    await allSettled(
      tree.files.map(async (file) => {
        const target = join(path, file.path);
        await this.getFile(file.digest, target);
        if (file.isExecutable) this.#disk.protect(target, true);
      }),
    );
  }

  /** @throws {RunError} if the store has not got it, or something else */
  async getFile(digest: Digest, path: string): Promise<void> {
    const disk = this.#disk;
    if (disk.stat(path)?.isFile === true && (await disk.digest(path)) === digest) return;
    disk.makeFolder(dirname(path));
    await replaceFile(disk, path, { durable: false }, async (temporary) => {
      if (!(await receiveBlob(this.#store, digest, disk, temporary))) throw damaged(digest);
    });
  }
}

function damaged(digest: Digest): RunError {
  return new RunError(`cas/${digest} is missing or damaged in the remote cache`, 'run again');
}
