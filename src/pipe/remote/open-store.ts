import type { Disk } from '../disk/disk.ts';
import type { RemoteAddress } from './address.ts';
import { FolderStore } from './folder-store.ts';
import { HttpStore, type HttpStoreOptions } from './http-store.ts';
import type { RemoteStore } from './remote-store.ts';

/** What an address names: a folder, or a server. @throws {RunError} if the folder is not there */
export function openStore(
  disk: Disk,
  address: RemoteAddress,
  options: HttpStoreOptions = {},
): RemoteStore {
  return address.url.startsWith('file:')
    ? new FolderStore(disk, address.url)
    : new HttpStore(address, options);
}
