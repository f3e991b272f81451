import type { Fingerprint, InputFingerprint } from '../cache/fingerprint.ts';
import { unionOfKeys } from '../core/collections.ts';
import { canonicalJson, type Json } from '../core/json.ts';
import type { Coordinates } from '../pipeline/contract.ts';
import type { CodeManifest, ManifestOf } from './code-manifests.ts';

/** One difference between two fingerprints. `undefined` stands for a value that one of them lacks. */
export type Change =
  /** Another platform or major version of Node. */
  | {
      readonly kind: 'runtime';
      readonly before: string | undefined;
      readonly after: string | undefined;
    }
  | { readonly kind: 'module'; readonly before: string; readonly after: string }
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly how: 'added' | 'removed' | 'edited';
    }
  | {
      readonly kind: 'package';
      readonly name: string;
      readonly before: string | undefined;
      readonly after: string | undefined;
    }
  /** The code differs, but at least one of the manifests is lost. */
  | { readonly kind: 'code' }
  | {
      readonly kind: 'param';
      /** Path inside the params, e.g. `encoder.layers`. */
      readonly path: string;
      readonly before: Json | undefined;
      readonly after: Json | undefined;
    }
  | {
      readonly kind: 'input';
      readonly name: string;
      /** Coordinates of the instance it comes from, if the input gathers several. */
      readonly axes?: Coordinates;
      readonly before: string | undefined;
      readonly after: string | undefined;
    };

/** All changes from one fingerprint to another; empty exactly if both have the same action key. */
export function changesBetween(
  before: Fingerprint,
  after: Fingerprint,
  manifestOf: ManifestOf,
): readonly Change[] {
  const changes: Change[] = [];
  if (before.module !== after.module) {
    changes.push({ kind: 'module', before: before.module, after: after.module });
  }
  if (before.runtime !== after.runtime) {
    changes.push({ kind: 'runtime', before: before.runtime, after: after.runtime });
  }
  if (before.code !== after.code) {
    changes.push(...codeChanges(manifestOf(before.code), manifestOf(after.code)));
  }
  changes.push(...paramChanges(before.params, after.params));
  changes.push(...inputChanges(before.inputs, after.inputs));
  return changes;
}

/** The changes from the most similar of the candidates; among equals, from the last one. */
export function fewestChanges(
  candidates: readonly Fingerprint[],
  after: Fingerprint,
  manifestOf: ManifestOf,
): readonly Change[] | undefined {
  let fewest: readonly Change[] | undefined;
  for (const before of candidates) {
    const changes = changesBetween(before, after, manifestOf);
    if (fewest === undefined || changes.length <= fewest.length) fewest = changes;
  }
  return fewest;
}

function codeChanges(
  before: CodeManifest | undefined,
  after: CodeManifest | undefined,
): readonly Change[] {
  if (before === undefined || after === undefined) return [{ kind: 'code' }];
  const files = changedEntries(before.files, after.files).map(([path, from, to]): Change => {
    const how = from === undefined ? 'added' : to === undefined ? 'removed' : 'edited';
    return { kind: 'file', path, how };
  });
  const packages = changedEntries(before.packages, after.packages).map(
    ([name, from, to]): Change => ({ kind: 'package', name, before: from, after: to }),
  );
  const changes = [...files, ...packages];
  return changes.length === 0 ? [{ kind: 'code' }] : changes;
}

function paramChanges(
  before: Json | undefined,
  after: Json | undefined,
  path: readonly string[] = [],
): readonly Change[] {
  if (isSameParam(before, after)) return [];
  if (!isObject(before) || !isObject(after)) {
    return [{ kind: 'param', path: path.join('.'), before, after }];
  }
  return unionOfKeys(before, after).flatMap((key) =>
    paramChanges(before[key], after[key], [...path, key]),
  );
}

function isSameParam(a: Json | undefined, b: Json | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return canonicalJson(a) === canonicalJson(b);
}

function inputChanges(
  before: readonly InputFingerprint[],
  after: readonly InputFingerprint[],
): readonly Change[] {
  return changedEntries(digestsByInput(before), digestsByInput(after)).map(
    ([key, from, to]): Change => {
      const input = JSON.parse(key) as { readonly name: string; readonly axes?: Coordinates };
      return { kind: 'input', ...input, before: from, after: to };
    },
  );
}

/** One entry per artifact; the key is JSON of the input's name and the artifact's coordinates. */
function digestsByInput(inputs: readonly InputFingerprint[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    inputs.flatMap((input) =>
      'digest' in input
        ? [[canonicalJson({ name: input.name }), input.digest]]
        : input.gathered.map(({ axes, digest }) => [
            canonicalJson({ name: input.name, axes }),
            digest,
          ]),
    ),
  );
}

type Entry = readonly [key: string, before: string | undefined, after: string | undefined];

function changedEntries(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): readonly Entry[] {
  const own = (record: Readonly<Record<string, string>>, key: string) =>
    Object.hasOwn(record, key) ? record[key] : undefined;
  return unionOfKeys(before, after)
    .map((key): Entry => [key, own(before, key), own(after, key)])
    .filter(([, from, to]) => from !== to);
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
