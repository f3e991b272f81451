import { createHash, hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Json } from '../pipeline/graph.ts';

declare const digestBrand: unique symbol;
declare const keyBrand: unique symbol;

/** SHA-256 of some bytes, 64 hexadecimal characters: the name of a blob. */
export type Digest = string & { readonly [digestBrand]: true };

/** SHA-256 of a fingerprint: the name of an action. */
export type ActionKey = string & { readonly [keyBrand]: true };

export function digestText(text: string): Digest {
  return hash('sha256', text) as Digest;
}

/** Reads in chunks: a file of any size costs 1 MB of memory. */
export async function digestFile(path: string): Promise<Digest> {
  const sum = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) sum.update(chunk);
  return sum.digest('hex') as Digest;
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
