import type { Instance, InstanceId } from '../pipeline/graph.ts';
import type { ActionKey, Digest } from './digest.ts';
import type { Disk } from './disk.ts';
import { RunError } from './error.ts';
import type { OutputRecord } from './fingerprint.ts';
import {
  areAsTheyWere,
  type Current,
  type CurrentRecord,
  type KnownGraph,
} from './known-current.ts';

const DIGEST_LENGTH = 64;
const DIGEST = /^[0-9a-f]{64}$/;
const REMEDY = 'delete cache/known-current: the next run looks at everything';

/**
 * The instances that are current because nothing about them changed since the whole graph was: not their
 * code, not what they read, not the signatures of their artifacts. The same log of actions then says the
 * same about them. Nothing is said of the others.
 *
 * @param instances of the graph, in its order
 */
export function untouched(
  known: KnownGraph,
  instances: readonly Instance[],
  codeOf: (module: string) => string,
  root: string,
  disk: Disk,
): ReadonlyMap<InstanceId, Current> {
  const found = new Map<InstanceId, Current>();
  const { codes, files, made } = known;
  if (known.instances !== instances.length) return found;
  const same = new Set(Object.keys(codes).filter((module) => codes[module] === codeOf(module)));
  let [file, line] = [0, 0];
  for (const { id, module, inputs, outputs } of instances) {
    const [fromFile, fromLine] = [file, line];
    for (const _ in outputs) file = files.indexOf('\n', file) + 1;
    line = made.indexOf('\n', line) + 1;
    if (!same.has(module)) continue;
    if (!inputs.every(({ sources }) => sources.every(({ instance }) => found.has(instance)))) {
      continue;
    }
    if (!areAsTheyWere(disk, root, files, fromFile, file)) continue;
    const record = { files: files.slice(fromFile, file), made: made.slice(fromLine, line) };
    found.set(id, new Untouched(record, outputs));
  }
  return found;
}

/** What it made is read when it is asked for: of most nobody does. */
class Untouched implements Current {
  readonly state = 'current';
  readonly record: CurrentRecord;
  readonly names: Instance['outputs'];

  constructor(record: CurrentRecord, names: Instance['outputs']) {
    this.record = record;
    this.names = names;
  }

  get key(): ActionKey {
    return this.record.made.slice(0, DIGEST_LENGTH) as ActionKey;
  }

  get outputs(): readonly OutputRecord[] {
    const parts = this.record.made.trimEnd().split(' ');
    return Object.keys(this.names).map((name, i) => {
      const digest = parts[1 + 2 * i];
      // A sum is no signature: a digest becomes a path, so it must be one.
      if (!DIGEST.test(digest)) throw new RunError(`'${digest}' is no digest`, REMEDY);
      return { name, digest: digest as Digest, size: Number(parts[2 + 2 * i]) };
    });
  }
}
