import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Disk } from '../disk/disk.ts';
import type { RemoteStore } from '../remote/remote-store.ts';
import { CoordinatorCourier } from './courier.ts';
import { FolderPost } from './post.ts';

/** The post where agents do not see the folder of the coordinator: carried through a remote cache. */
export class CarriedPost extends FolderPost {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #store: RemoteStore;
  readonly #warn: (message: string) => void;
  #courier: CoordinatorCourier | undefined;
  #secret = '';

  constructor(disk: Disk, folder: string, store: RemoteStore, warn: (message: string) => void) {
    super(disk, folder);
    this.#disk = disk;
    this.#folder = folder;
    this.#store = store;
    this.#warn = warn;
  }

  /** What the agents of this project sign with; stays from run to run while there are any. */
  get secret(): string {
    return this.#secret;
  }

  override begin(): void {
    super.begin();
    const path = join(this.#folder, 'secret');
    if (this.#disk.stat(path) === undefined) {
      writeFileSync(path, randomBytes(32).toString('hex'), { mode: 0o600 });
    }
    this.#secret = readFileSync(path, 'utf8');
    const options = { disk: this.#disk, folder: this.#folder, store: this.#store };
    this.#courier = new CoordinatorCourier({ ...options, secret: this.#secret });
    void this.#courier.serve(this.#warn);
  }

  override close(slot: string): void {
    super.close(slot);
    this.#courier?.close(slot);
  }

  /** Nothing is carried any more. */
  end(): void {
    this.#courier?.end();
  }

  override clear(): void {
    this.end();
    super.clear();
  }
}
