import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { explainDiskFault, RunError } from '../core/errors.ts';
import type { Disk } from '../disk/disk.ts';
import { replaceFile } from '../disk/write-atomically.ts';
import type { Body, RemoteStore } from './remote-store.ts';

/** Files in a folder that machines share, such as one of a cluster. A file is there as a whole or not at all. */
export class FolderStore implements RemoteStore {
  readonly url: string;
  readonly #disk: Disk;
  readonly #folder: string;

  /** @param url `file:///shared/cache`; the folder must be there: one that is not mounted is not made */
  constructor(disk: Disk, url: string) {
    this.url = url;
    this.#disk = disk;
    this.#folder = fileURLToPath(url);
    const real = disk.real(this.#folder);
    if (real !== undefined && disk.stat(real)?.isFolder === true) return;
    throw new RunError(`the remote cache is no folder: ${this.#folder}`, 'make it, or mount it');
  }

  async has(path: string): Promise<boolean> {
    return this.#disk.stat(this.#path(path))?.isFile === true;
  }

  async get<T>(path: string, receive: (bytes: Readable) => Promise<T>): Promise<T | undefined> {
    if (!(await this.has(path))) return undefined;
    try {
      return await receive(this.#disk.readStream(this.#path(path)));
    } catch (error) {
      // Removed meanwhile.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw explainDiskFault(error, 'read the remote cache');
    }
  }

  async put(path: string, body: Body): Promise<void> {
    const target = this.#path(path);
    try {
      this.#disk.makeFolder(dirname(target));
      await replaceFile(this.#disk, target, { durable: true }, (temporary) =>
        pipeline(body.open(), this.#disk.writeStream(temporary)),
      );
    } catch (error) {
      throw explainDiskFault(error, 'write to the remote cache');
    }
  }

  async remove(path: string): Promise<void> {
    this.#disk.remove(this.#path(path));
  }

  close(): void {}

  #path(path: string): string {
    // As a web server has them: it may serve the same folder.
    return join(this.#folder, path);
  }
}
