import type { Diagnostic, SourceRange } from '../core/diagnostic.ts';
import { suggest } from '../core/suggest.ts';
import type { ListNode, MapEntry, MapNode, Node } from './node.ts';

/** Names of stages, axes and profiles; they become parts of paths and of selectors. */
export const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/** Reads nodes as the types they should have and collects a diagnostic for every mistake. */
export class Checker {
  readonly diagnostics: Diagnostic[] = [];

  report(range: SourceRange, message: string, hint?: string): undefined {
    this.diagnostics.push(hint === undefined ? { message, range } : { message, range, hint });
    return undefined;
  }

  /** @param what names the value in messages, e.g. `'params'`. */
  map(node: Node, what: string, example: string): MapNode | undefined {
    if (node.kind === 'map') return node;
    return this.report(node.range, `${what} must be a mapping, not ${describe(node)}`, example);
  }

  /** Like `map`, but `key:` without a value is an empty mapping. */
  mapOrEmpty(node: Node, what: string, example: string): MapNode | undefined {
    const isEmpty = node.kind === 'scalar' && node.value === null;
    if (isEmpty) return { kind: 'map', entries: new Map(), range: node.range };
    return this.map(node, what, example);
  }

  list(node: Node, what: string, example: string): ListNode | undefined {
    if (node.kind === 'list') return node;
    return this.report(node.range, `${what} must be a list, not ${describe(node)}`, example);
  }

  string(node: Node, what: string, example: string): string | undefined {
    if (node.kind === 'scalar' && typeof node.value === 'string') return node.value;
    return this.report(node.range, `${what} must be a string, not ${describe(node)}`, example);
  }

  number(node: Node, what: string, least: number, whole: boolean): number | undefined {
    if (node.kind === 'scalar' && typeof node.value === 'number' && node.value >= least) {
      if (!whole || Number.isInteger(node.value)) return node.value;
    }
    const expected = `${whole ? 'a whole number' : 'a number'} of at least ${least}`;
    return this.report(node.range, `${what} must be ${expected}, not ${describe(node)}`);
  }

  /** Reports the keys that are not in `known`. */
  knownKeys(map: MapNode, what: string, known: readonly string[]): void {
    for (const { key, keyRange } of map.entries.values()) {
      if (known.includes(key)) continue;
      this.report(keyRange, `unknown key '${key}' in ${what}`, suggest(key, known));
    }
  }

  /** @param what the kind of thing named, e.g. `a stage` */
  name(text: string, what: string, range: SourceRange): string | undefined {
    if (NAME.test(text)) return text;
    const hint = 'start with a letter; use only letters, digits, - and _; at most 64 characters';
    return this.report(range, `'${text}' is not a valid name for ${what}`, hint);
  }

  /** The entries whose keys are valid names; reports names that differ only in case. */
  named(map: MapNode, what: string): readonly MapEntry[] {
    const seen = new Map<string, string>();
    return [...map.entries.values()].filter(({ key, keyRange }) => {
      if (this.name(key, what, keyRange) === undefined) return false;
      const twin = seen.get(key.toLowerCase());
      if (twin !== undefined) {
        const hint = 'some file systems ignore case: rename one';
        this.report(keyRange, `'${key}' and '${twin}' differ only in case`, hint);
      }
      seen.set(key.toLowerCase(), key);
      return true;
    });
  }
}

/** What a node is, for messages. */
export function describe(node: Node): string {
  if (node.kind === 'map') return 'a mapping';
  if (node.kind === 'list') return 'a list';
  if (node.value === null) return 'null';
  return typeof node.value === 'string' ? `the string '${node.value}'` : String(node.value);
}
