import type { Fingerprint, InputFingerprint } from '../cache/fingerprint.ts';
import { canonicalJson } from '../core/digest.ts';
import type { Json } from '../core/json.ts';
import type { Coordinates } from '../pipeline/contract.ts';

/** What the code of a stage consists of; `StageCode` of code/digest.ts has it. */
export interface CodeManifest {
  readonly files: Readonly<Record<string, string>>;
  readonly packages: Readonly<Record<string, string>>;
}

/** One difference between two fingerprints. `undefined` stands for what is not there. */
export type Change =
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
  /** The code is other, but what it consisted of is not known any more. */
  | { readonly kind: 'code' }
  | {
      readonly kind: 'param';
      /** Leads into the params, e.g. `encoder.layers`. */
      readonly path: string;
      readonly before: Json | undefined;
      readonly after: Json | undefined;
    }
  | {
      readonly kind: 'input';
      readonly name: string;
      /** Of a gathered artifact. */
      readonly axes?: Coordinates;
      readonly before: string | undefined;
      readonly after: string | undefined;
    };

/** Everything that differs; empty exactly if the fingerprints have the same key. */
export function differences(
  before: Fingerprint,
  after: Fingerprint,
  manifestOf: (digest: string) => CodeManifest | undefined,
): readonly Change[] {
  const changes: Change[] = [];
  if (before.module !== after.module) {
    changes.push({ kind: 'module', before: before.module, after: after.module });
  }
  if (before.code !== after.code) {
    changes.push(...codeChanges(manifestOf(before.code), manifestOf(after.code)));
  }
  changes.push(...paramChanges(before.params, after.params));
  changes.push(...inputChanges(before.inputs, after.inputs));
  return changes;
}

/** The fingerprint with the fewest differences; of several the last. */
export function nearest(
  candidates: readonly Fingerprint[],
  to: Fingerprint,
  manifestOf: (digest: string) => CodeManifest | undefined,
): readonly Change[] | undefined {
  let best: readonly Change[] | undefined;
  for (const candidate of candidates) {
    const changes = differences(candidate, to, manifestOf);
    if (best === undefined || changes.length <= best.length) best = changes;
  }
  return best;
}

/** The changes in one line: `params.steps 600 -> 800, src/study/metrics/kl.ts edited and 2 more`. */
export function summarise(changes: readonly Change[], limit = 2): string {
  const shown = changes.slice(0, limit).map(formatChange);
  const more = changes.length - shown.length;
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

export function formatChange(change: Change): string {
  switch (change.kind) {
    case 'module':
      return `stages/${change.before}.ts -> stages/${change.after}.ts`;
    case 'file':
      return `${change.path} ${change.how}`;
    case 'package':
      return `package ${change.name} ${change.before ?? 'none'} -> ${change.after ?? 'none'}`;
    case 'code':
      return 'code changed';
    case 'param':
      return `params.${change.path} ${show(change.before)} -> ${show(change.after)}`;
    case 'input': {
      const axes = Object.entries(change.axes ?? {}).map(([name, value]) => `${name}=${value}`);
      const place = axes.length === 0 ? '' : `[${axes.join(',')}]`;
      const [before, after] = [change.before, change.after].map((digest) => digest?.slice(0, 12));
      if (before === undefined) return `input ${change.name}${place} added`;
      if (after === undefined) return `input ${change.name}${place} removed`;
      return `input ${change.name}${place} ${before} -> ${after}`;
    }
  }
}

function show(value: Json | undefined): string {
  return value === undefined ? 'unset' : JSON.stringify(value);
}

function codeChanges(
  before: CodeManifest | undefined,
  after: CodeManifest | undefined,
): readonly Change[] {
  if (before === undefined || after === undefined) return [{ kind: 'code' }];
  const files = changedKeys(before.files, after.files).map(({ key, from, to }): Change => {
    const how = from === undefined ? 'added' : to === undefined ? 'removed' : 'edited';
    return { kind: 'file', path: key, how };
  });
  const packages = changedKeys(before.packages, after.packages).map(
    ({ key, from, to }): Change => ({ kind: 'package', name: key, before: from, after: to }),
  );
  const changes = [...files, ...packages];
  return changes.length === 0 ? [{ kind: 'code' }] : changes;
}

function paramChanges(before: Json, after: Json, path: readonly string[] = []): readonly Change[] {
  if (canonicalJson(before) === canonicalJson(after)) return [];
  if (!isObject(before) || !isObject(after)) {
    return [{ kind: 'param', path: path.join('.'), before, after }];
  }
  return unionOfKeys(before, after).flatMap((key) => {
    const [from, to] = [before[key], after[key]];
    if (from !== undefined && to !== undefined) return paramChanges(from, to, [...path, key]);
    if (from === to) return [];
    return [{ kind: 'param', path: [...path, key].join('.'), before: from, after: to } as const];
  });
}

function inputChanges(
  before: readonly InputFingerprint[],
  after: readonly InputFingerprint[],
): readonly Change[] {
  return changedKeys(flatten(before), flatten(after)).map(({ key, from, to }): Change => {
    const { name, axes } = JSON.parse(key) as { name: string; axes?: Coordinates };
    const place = axes === undefined ? {} : { axes };
    return { kind: 'input', name, ...place, before: from, after: to };
  });
}

function flatten(inputs: readonly InputFingerprint[]): Readonly<Record<string, string>> {
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

function changedKeys<T>(before: Readonly<Record<string, T>>, after: Readonly<Record<string, T>>) {
  return unionOfKeys(before, after)
    .map((key) => ({
      key,
      from: Object.hasOwn(before, key) ? before[key] : undefined,
      to: Object.hasOwn(after, key) ? after[key] : undefined,
    }))
    .filter(({ from, to }) => from !== to);
}

function unionOfKeys(a: object, b: object): readonly string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
