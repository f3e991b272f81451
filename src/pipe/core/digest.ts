import { createHash, hash } from 'node:crypto';
import { closeSync, fstatSync, openSync, read, readFileSync } from 'node:fs';
import { promisify } from 'node:util';

declare const digestBrand: unique symbol;
declare const keyBrand: unique symbol;

/** SHA-256 of some bytes in 64 hexadecimal digits: the name of a blob. */
export type Digest = string & { readonly [digestBrand]: true };

/** SHA-256 of a fingerprint: the name of an action. */
export type ActionKey = string & { readonly [keyBrand]: true };

export function digestText(text: string): Digest {
  return hash('sha256', text) as Digest;
}

export function digestBytes(bytes: Uint8Array): Digest {
  return hash('sha256', bytes) as Digest;
}

/** Bytes. Up to this size a synchronous read is faster than waiting for the thread pool. */
const SMALL = 1 << 16;
const CHUNK = 1 << 20;
const readChunk = promisify(read);

/** Reads large files in chunks: a file of any size takes 2 MiB of memory. */
export async function digestFile(path: string): Promise<Digest> {
  const file = openSync(path, 'r');
  try {
    if (fstatSync(file).size <= SMALL) return hash('sha256', readFileSync(file)) as Digest;
    return await digestChunks(file);
  } finally {
    closeSync(file);
  }
}

/** Hashes one chunk while the next one is read. */
async function digestChunks(file: number): Promise<Digest> {
  const hasher = createHash('sha256');
  let [filling, full] = [Buffer.allocUnsafe(CHUNK), Buffer.allocUnsafe(CHUNK)];
  for (let next = readChunk(file, filling, 0, CHUNK, null); ; ) {
    const { bytesRead } = await next;
    if (bytesRead === 0) return hasher.digest('hex') as Digest;
    [filling, full] = [full, filling];
    next = readChunk(file, filling, 0, CHUNK, null);
    hasher.update(full.subarray(0, bytesRead));
  }
}
