import type { Readable } from 'node:stream';
import type { Body, RemoteStore } from './remote-store.ts';

/**
 * A store that is opened anew after it has failed: what goes on for days outlives an outage, while a single
 * command is told once and goes on without.
 */
export class PatientStore implements RemoteStore {
  readonly url: string;
  readonly #open: () => RemoteStore;
  #store: RemoteStore | undefined;

  constructor(url: string, open: () => RemoteStore) {
    this.url = url;
    this.#open = open;
  }

  async has(path: string): Promise<boolean> {
    return await this.#use((store) => store.has(path));
  }

  async get<T>(path: string, receive: (bytes: Readable) => Promise<T>): Promise<T | undefined> {
    return await this.#use((store) => store.get(path, receive));
  }

  async put(path: string, body: Body): Promise<void> {
    await this.#use((store) => store.put(path, body));
  }

  async remove(path: string): Promise<void> {
    await this.#use(async (store) => await store.remove?.(path));
  }

  close(): void {
    this.#store?.close();
    this.#store = undefined;
  }

  async #use<T>(work: (store: RemoteStore) => Promise<T>): Promise<T> {
    this.#store ??= this.#open();
    const store = this.#store;
    try {
      return await work(store);
    } catch (error) {
      if (this.#store === store) this.#store = undefined;
      throw error;
    }
  }
}
