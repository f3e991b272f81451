import type { Diagnostic } from '../core/diagnostic.ts';
import type { ActionKey, Digest } from '../core/digest.ts';
import type { Json } from '../core/json.ts';
import { Fields } from '../pipeline/fields.ts';
import type { InstanceId } from '../pipeline/graph.ts';
import type { MapEntry, MapNode, Node } from '../pipeline/node.ts';
import { toJson } from '../pipeline/params.ts';
import { readYaml } from '../pipeline/yaml.ts';
import type { AcceptedProfile, AcceptedRecord, AcceptedResults } from './accepted.ts';

const SHA256 = /^[0-9a-f]{64}$/;
const ACCEPT = 'do not edit it by hand: npx pipe accept writes it';

/**
 * Reads what `formatLockFile` wrote.
 *
 * @param file what mistakes are said to be in
 * @returns the results, or all that is wrong with the text
 */
export function parseLockFile(file: string, text: string): AcceptedResults | readonly Diagnostic[] {
  const conflict = conflictIn(file, text);
  if (conflict !== undefined) return [conflict];
  const { root, diagnostics } = readYaml(file, text);
  if (root === undefined || diagnostics.length > 0) return diagnostics;
  const reader = new LockFileReader();
  const results = reader.read(root);
  return reader.diagnostics.length > 0 ? reader.diagnostics : results;
}

/** Two versions that git could not merge. */
function conflictIn(file: string, text: string): Diagnostic | undefined {
  const found = /^(<{7}|={7}|>{7})( .*)?$/m.exec(text);
  if (found === null) return undefined;
  const line = text.slice(0, found.index).split('\n').length;
  return {
    message: 'two versions of the results were changed in the same place',
    range: { file, line, column: 1, length: found[0].length },
    hint: `take either (git checkout --ours ${file}), then run and accept: npx pipe run && npx pipe accept`,
  };
}

class LockFileReader {
  readonly #fields = new Fields();

  get diagnostics(): readonly Diagnostic[] {
    return this.#fields.diagnostics;
  }

  read(root: Node): AcceptedResults {
    const results = new Map<string, AcceptedProfile>();
    const map = this.#map(root, 'the lock file');
    const version = map.get('version');
    if (version?.value.kind !== 'scalar' || version.value.value !== 1) {
      const range = version?.value.range ?? root.range;
      this.#fields.report(range, 'this is no lock file of version 1', ACCEPT);
      return results;
    }
    for (const { key, value } of this.#entries(map, 'profiles', root)) {
      results.set(key, this.#profile(value));
    }
    return results;
  }

  #profile(node: Node): AcceptedProfile {
    const map = this.#map(node, 'a profile');
    const instances = new Map<InstanceId, AcceptedRecord>();
    for (const { key, value } of this.#entries(map, 'instances', node)) {
      instances.set(key, this.#record(value));
    }
    return { machine: this.#text(map, 'machine', node), instances };
  }

  #record(node: Node): AcceptedRecord {
    const map = this.#map(node, 'an instance');
    const outputs = this.#entries(map, 'outputs', node).map(({ key, value }) => {
      return [key, this.#digest(value) as Digest] as const;
    });
    const metrics = map.has('metrics') ? this.#entries(map, 'metrics', node) : [];
    return {
      key: this.#digest(map.get('key')?.value ?? node) as ActionKey,
      code: this.#text(map, 'code', node),
      params: this.#params(map.get('params')?.value),
      metrics: Object.fromEntries(metrics.map(({ key, value }) => [key, this.#number(value)])),
      outputs: Object.fromEntries(outputs),
    };
  }

  #map(node: Node, what: string): MapNode['entries'] {
    return this.#fields.map(node, what, ACCEPT)?.entries ?? new Map();
  }

  #entries(map: MapNode['entries'], key: string, parent: Node): readonly MapEntry[] {
    const node = map.get(key)?.value;
    if (node?.kind === 'scalar' && node.value === null) return [];
    if (node !== undefined) return [...this.#map(node, `'${key}'`).values()];
    this.#fields.report(parent.range, `'${key}' is missing here`, ACCEPT);
    return [];
  }

  #text(map: MapNode['entries'], key: string, parent: Node): string {
    return this.#fields.text(map.get(key)?.value ?? parent, `'${key}'`, ACCEPT) ?? '';
  }

  #params(node: Node | undefined): Json {
    return node === undefined ? {} : toJson(node);
  }

  /** A digest becomes a path, so it must be one. */
  #digest(node: Node): string {
    if (node.kind === 'scalar' && typeof node.value === 'string' && SHA256.test(node.value)) {
      return node.value;
    }
    this.#fields.report(node.range, 'this is no SHA-256 of 64 hexadecimal digits', ACCEPT);
    return '';
  }

  #number(node: Node): number {
    const number = node.kind === 'scalar' && node.value !== null ? Number(node.value) : Number.NaN;
    if (Number.isFinite(number)) return number;
    this.#fields.report(node.range, 'a metric must be a number', ACCEPT);
    return 0;
  }
}
