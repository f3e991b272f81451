import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Body, RemoteStore } from '../../../src/pipe/remote/remote-store.ts';

/** Files in memory, shared by whoever has this object. */
export class MemoryStore implements RemoteStore {
  readonly url = 'memory';
  readonly files = new Map<string, Buffer>();

  async has(path: string): Promise<boolean> {
    return this.files.has(path);
  }

  async get<T>(path: string, receive: (bytes: Readable) => Promise<T>): Promise<T | undefined> {
    const bytes = this.files.get(path);
    return bytes === undefined ? undefined : await receive(Readable.from([bytes]));
  }

  async put(path: string, body: Body): Promise<void> {
    this.files.set(path, await buffer(body.open()));
  }

  async remove(path: string): Promise<void> {
    this.files.delete(path);
  }

  close(): void {}
}
