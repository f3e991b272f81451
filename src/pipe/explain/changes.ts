import type { Fingerprint, InputFingerprint } from '../cache/fingerprint.ts';
import { unionOfKeys } from '../core/collections.ts';
import { canonicalJson, type Json } from '../core/json.ts';
import type { Coordinates } from '../pipeline/contract.ts';
import type { CodeManifest, ManifestOf } from './code-manifests.ts';

/** A file of code or of raw data, by its path from the root. */
interface FileChange {
  readonly path: string;
  readonly how: 'added' | 'removed' | 'edited';
}

/** One difference between two fingerprints. `undefined` stands for a value that one of them lacks. */
export type Change =
  /** Another platform or major version of Node. */
  | {
      readonly kind: 'runtime';
      readonly before: string | undefined;
      readonly after: string | undefined;
    }
  | { readonly kind: 'module'; readonly before: string; readonly after: string }
  | ({ readonly kind: 'file' } & FileChange)
  | {
      readonly kind: 'package';
      readonly name: string;
      readonly before: string | undefined;
      readonly after: string | undefined;
    }
  /** What a tool of a command says. */
  | {
      readonly kind: 'tool';
      readonly words: string;
      readonly before: string | undefined;
      readonly after: string | undefined;
    }
  /** The words of a command, as they are now. */
  | { readonly kind: 'command'; readonly argv: readonly string[] }
  /** Digests of a variable's values. */
  | {
      readonly kind: 'env';
      readonly name: string;
      readonly before: string | null | undefined;
      readonly after: string | null | undefined;
    }
  /** Raw data of which both versions are known. */
  | { readonly kind: 'data'; readonly name: string; readonly files: readonly FileChange[] }
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
  changes.push(...inputChanges(before.inputs, after.inputs, manifestOf));
  for (const [name, from, to] of changedEntries<string | null>(before.env ?? {}, after.env ?? {})) {
    changes.push({ kind: 'env', name, before: from, after: to });
  }
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
  const files = fileChanges(before.files, after.files).map((change): Change => {
    return { kind: 'file', ...change };
  });
  const tools = changedEntries(before.tools ?? {}, after.tools ?? {}).map(
    ([words, from, to]): Change => ({ kind: 'tool', words, before: from, after: to }),
  );
  const isSameCommand = canonicalJson(before.argv ?? []) === canonicalJson(after.argv ?? []);
  const command: readonly Change[] = isSameCommand
    ? []
    : [{ kind: 'command', argv: after.argv ?? [] }];
  const packages = changedEntries(before.packages, after.packages).map(
    ([name, from, to]): Change => ({ kind: 'package', name, before: from, after: to }),
  );
  const changes = [...command, ...files, ...tools, ...packages];
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
  manifestOf: ManifestOf,
): readonly Change[] {
  return changedEntries(digestsByInput(before), digestsByInput(after)).map(
    ([key, from, to]): Change => {
      const input = JSON.parse(key) as { readonly name: string; readonly axes?: Coordinates };
      const data = [from, to].map((digest) => digest && manifestOf(digest)?.files);
      if (typeof data[0] === 'object' && typeof data[1] === 'object') {
        const files = fileChanges(data[0], data[1]);
        if (files.length > 0) return { kind: 'data', name: input.name, files };
      }
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

function fileChanges(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): readonly FileChange[] {
  return changedEntries(before, after).map(([path, from, to]) => {
    return { path, how: from === undefined ? 'added' : to === undefined ? 'removed' : 'edited' };
  });
}

type Entry<T> = readonly [key: string, before: T | undefined, after: T | undefined];

function changedEntries<T = string>(
  before: Readonly<Record<string, T>>,
  after: Readonly<Record<string, T>>,
): readonly Entry<T>[] {
  const own = (record: Readonly<Record<string, T>>, key: string) =>
    Object.hasOwn(record, key) ? record[key] : undefined;
  return unionOfKeys(before, after)
    .map((key): Entry<T> => [key, own(before, key), own(after, key)])
    .filter(([, from, to]) => from !== to);
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
