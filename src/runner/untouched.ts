import type { Instance, InstanceId } from '../pipeline/graph.ts';
import type { ActionKey, Digest } from './digest.ts';
import type { Disk } from './disk.ts';
import type { OutputRecord } from './fingerprint.ts';
import type { Current, CurrentRecord, KnownGraph } from './known-current.ts';

/** As a sum is no signature: digests become paths, so they must be digests. */
const MADE = /^[0-9a-f]{64}( [0-9a-f]{64} \d+)*$/;
const KEY_LENGTH = 64;

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
  if (known.made.length !== instances.length) return found;
  const codes = new Map(Object.entries(known.codes));
  const edited = new Set(
    [...codes.keys()].filter((module) => codeOf(module) !== codes.get(module)),
  );
  let file = 0;
  for (const [i, instance] of instances.entries()) {
    const names = Object.keys(instance.outputs);
    const from = file;
    file += names.length;
    if (edited.has(instance.module) || !codes.has(instance.module)) continue;
    if (!instance.inputs.every(({ sources }) => sources.every((one) => found.has(one.instance)))) {
      continue;
    }
    const files = known.files.slice(from, file);
    if (!files.every((line) => isAsItWas(line, root, disk))) continue;
    const record = { files, made: known.made[i] };
    const current = read(record, names);
    if (current !== undefined) found.set(instance.id, current);
  }
  return found;
}

function isAsItWas(line: string, root: string, disk: Disk): boolean {
  const space = line.indexOf(' ');
  return disk.stat(`${root}/${line.slice(space + 1)}`)?.signature === line.slice(0, space);
}

function read(record: CurrentRecord, names: readonly string[]): Current | undefined {
  const { files, made } = record;
  if (!MADE.test(made)) return undefined;
  const parts = made.split(' ');
  if (parts.length !== 1 + 2 * names.length || files.length !== names.length) return undefined;
  const outputs = names.map((name, i): OutputRecord => {
    return { name, digest: parts[1 + 2 * i] as Digest, size: Number(parts[2 + 2 * i]) };
  });
  return { state: 'current', key: made.slice(0, KEY_LENGTH) as ActionKey, outputs, record };
}
