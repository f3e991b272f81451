import { createHash, hash } from 'node:crypto';
import { closeSync, fstatSync, openSync, read, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Json } from './json.ts';

declare const digestBrand: unique symbol;
declare const keyBrand: unique symbol;

/** SHA-256 of some bytes, 64 hexadecimal characters: the name of a blob. */
export type Digest = string & { readonly [digestBrand]: true };

/** SHA-256 of a fingerprint: the name of an action. */
export type ActionKey = string & { readonly [keyBrand]: true };

export function digestText(text: string): Digest {
  return hash('sha256', text) as Digest;
}

export function digestBytes(bytes: Uint8Array): Digest {
  return hash('sha256', bytes) as Digest;
}

/** Bytes up to which reading at once takes less time than waiting for another thread to read. */
const SMALL = 1 << 16;
const CHUNK = 1 << 20;
const readSome = promisify(read);

/** Reads in chunks: a file of any size costs 2 MB of memory. */
export async function digestFile(path: string): Promise<Digest> {
  const file = openSync(path, 'r');
  try {
    if (fstatSync(file).size <= SMALL) return hash('sha256', readFileSync(file)) as Digest;
    return await digestChunks(file);
  } finally {
    closeSync(file);
  }
}

/** One chunk is hashed while the next one is read. */
async function digestChunks(file: number): Promise<Digest> {
  const sum = createHash('sha256');
  let [filling, full] = [Buffer.allocUnsafe(CHUNK), Buffer.allocUnsafe(CHUNK)];
  for (let next = readSome(file, filling, 0, CHUNK, null); ; ) {
    const { bytesRead } = await next;
    if (bytesRead === 0) return sum.digest('hex') as Digest;
    [filling, full] = [full, filling];
    next = readSome(file, filling, 0, CHUNK, null);
    sum.update(full.subarray(0, bytesRead));
  }
}

/** Instances share their params object: each is written out once. */
const known = new WeakMap<object, string>();

/** One text per value: keys sorted, no spaces. Equal values give equal texts, whatever made them. */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const before = known.get(value);
  if (before !== undefined) return before;
  const text = Array.isArray(value)
    ? `[${value.map((item) => canonicalJson(item)).join(',')}]`
    : `{${Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, item]) => `${JSON.stringify(name)}:${canonicalJson(item)}`)
        .join(',')}}`;
  known.set(value, text);
  return text;
}
