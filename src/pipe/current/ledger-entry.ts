import type { Cache } from '../cache/cache.ts';
import type { OutputRecord } from '../cache/fingerprint.ts';
import { isLoggable } from '../cache/log.ts';
import { artifactSignature } from '../cache/tree.ts';
import type { ActionKey, Digest } from '../core/digest.ts';
import type { Disk } from '../disk/disk.ts';
import type { Instance } from '../pipeline/graph.ts';

/**
 * An instance that was current, as a line of a ledger: its action key, then per output its digest, its
 * size (of a tree `size+manifest`), the signature with which its content was verified and its path relative to the project; all
 * between tabs. Most are parsed only as far as it takes to stat the artifacts.
 */
export type Entry = string;

/** Fields per output. */
const FIELDS = 4;

const DIGEST = /^[0-9a-f]{64}$/;

/** Nothing has to be done about an instance: it ran with this key and its artifacts are in place. */
export interface Current {
  readonly state: 'current';
  readonly key: ActionKey;
  readonly outputs: readonly OutputRecord[];
}

/** @returns `undefined` if an artifact has no known signature, or its path cannot stand in a line */
export function entryOf(
  cache: Cache,
  instance: Instance,
  { key, outputs }: Omit<Current, 'state'>,
): Entry | undefined {
  const fields: (string | number)[] = [key];
  for (const name of Object.keys(instance.outputs)) {
    const path = cache.paths.artifact(instance, name);
    const signature = cache.signatureOf(path);
    const output = outputs.find((one) => one.name === name);
    if (signature === undefined || output === undefined || !isLoggable(path)) return undefined;
    const { digest, size, tree } = output;
    const sizes = tree === undefined ? size : `${size}+${tree}`;
    fields.push(digest, sizes, signature, cache.paths.show(path));
  }
  return fields.join('\t');
}

/** Whether the artifacts still have the signatures of the entry. */
export function isInPlace(disk: Disk, root: string, entry: Entry): boolean {
  const fields = entry.split('\t');
  for (let at = 1; at < fields.length; at += FIELDS) {
    if (artifactSignature(disk, `${root}/${fields[at + 3]}`) !== fields[at + 2]) return false;
  }
  return true;
}

/** @returns `undefined` for what `entryOf` never wrote */
export function parseEntry(entry: Entry, { outputs }: Instance): Current | undefined {
  const [key, ...fields] = entry.split('\t');
  const names = Object.keys(outputs);
  if (fields.length !== names.length * FIELDS) return undefined;
  const records = names.map((name, i) => {
    const [digest, sizes] = fields.slice(i * FIELDS);
    const [size, tree] = sizes.split('+').map(Number);
    return { name, digest: digest as Digest, size, ...(tree === undefined ? {} : { tree }) };
  });
  // A checksum is no protection against forgery: check the digest before using it as a path.
  if (![key, ...records.map(({ digest }) => digest)].every((text) => DIGEST.test(text))) {
    return undefined;
  }
  return { state: 'current', key: key as ActionKey, outputs: records };
}

export function keyOf(entry: Entry): ActionKey {
  return entry.split('\t', 1)[0] as ActionKey;
}
