import type { Diagnostic, SourceRange } from '../core/diagnostic.ts';
import type { ListNode, MapEntry, MapNode, Node } from './node.ts';
import { suggest } from './suggest.ts';

/** Names of stages, axes and profiles become parts of paths and of selectors. */
export const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/** Collects mistakes while nodes are read as what they should be. */
export class Fields {
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

  list(node: Node, what: string, example: string): ListNode | undefined {
    if (node.kind === 'list') return node;
    return this.report(node.range, `${what} must be a list, not ${describe(node)}`, example);
  }

  text(node: Node, what: string, example: string): string | undefined {
    if (node.kind === 'scalar' && typeof node.value === 'string') return node.value;
    return this.report(node.range, `${what} must be a text, not ${describe(node)}`, example);
  }

  /** A number from `least` on. */
  number(
    node: Node,
    what: string,
    { least, whole }: { readonly least: number; readonly whole: boolean },
  ): number | undefined {
    if (node.kind === 'scalar' && typeof node.value === 'number' && node.value >= least) {
      if (!whole || Number.isInteger(node.value)) return node.value;
    }
    const kind = whole ? 'a whole number' : 'a number';
    return this.report(
      node.range,
      `${what} must be ${kind} from ${least} on, not ${describe(node)}`,
    );
  }

  /** Reports the keys that are not among `known`. */
  knownKeys(map: MapNode, what: string, known: readonly string[]): void {
    for (const { key, keyRange } of map.entries.values()) {
      if (known.includes(key)) continue;
      this.report(keyRange, `unknown key '${key}' in ${what}`, suggest(key, known));
    }
  }

  /** @param what is named, e.g. `a stage` */
  name(text: string, what: string, range: SourceRange): string | undefined {
    if (NAME.test(text)) return text;
    const hint = 'use letters, digits, - and _ only, a letter first, at most 64';
    return this.report(range, `'${text}' cannot be the name of ${what}`, hint);
  }

  /** Entries whose keys are names, differing in more than case. */
  named(map: MapNode, what: string): readonly MapEntry[] {
    const seen = new Map<string, string>();
    return [...map.entries.values()].filter(({ key, keyRange }) => {
      if (this.name(key, what, keyRange) === undefined) return false;
      const twin = seen.get(key.toLowerCase());
      if (twin !== undefined) {
        const hint = 'some file systems take them for the same: rename one';
        this.report(keyRange, `'${key}' and '${twin}' differ only in case`, hint);
      }
      seen.set(key.toLowerCase(), key);
      return true;
    });
  }
}

/** What a value is, in words of the file. */
export function describe(node: Node): string {
  if (node.kind === 'map') return 'a mapping';
  if (node.kind === 'list') return 'a list';
  if (node.value === null) return 'nothing';
  return typeof node.value === 'string' ? `the text '${node.value}'` : String(node.value);
}
