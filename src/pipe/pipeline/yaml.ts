import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  type Range,
  type YAMLError,
  type YAMLMap,
  type Node as YamlNode,
} from 'yaml';
import type { Diagnostic, SourceRange } from '../core/diagnostic.ts';
import type { MapEntry, MapNode, Node } from './node.ts';

/** Bytes; a study is declared by hand, and 10,000 stages fit into a tenth of this. */
const MAX_LENGTH = 8 * 1024 * 1024;
const MAX_DEPTH = 64;
/** Nodes that aliases may add by repeating what they name. */
const MAX_ALIASED_NODES = 10_000;

/**
 * Reads YAML into nodes with their places. Never throws: whatever is wrong becomes a diagnostic.
 *
 * @param file what ranges name, e.g. `pipeline.yaml`
 */
export function readYaml(
  file: string,
  text: string,
): { readonly root: Node | undefined; readonly diagnostics: readonly Diagnostic[] } {
  const start: SourceRange = { file, line: 1, column: 1, length: 1 };
  const refuse = (message: string, hint: string) => ({
    root: undefined,
    diagnostics: [{ message, range: start, hint }],
  });
  if (text.length > MAX_LENGTH) {
    return refuse(
      `the file has ${(text.length / 1024 / 1024).toFixed(0)} MiB, more than the 8 MiB that are read`,
      'use axes instead of many similar stages',
    );
  }
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      keepSourceTokens: false,
      // Compares every key with every other; #map finds duplicates itself.
      uniqueKeys: false,
      // With 'silent' a second document would be left out without a word.
      logLevel: 'error',
    });
    const syntax = document.errors;
    if (syntax.some(({ message }) => message.includes('call stack'))) throw new RangeError();
    if (syntax.length > 0) {
      return { root: undefined, diagnostics: syntaxDiagnostics(file, text, lines, syntax) };
    }
    return new Reader(file, text, lines, document).read();
  } catch (error) {
    // The parser descends by recursion; it reports some of the overflows itself.
    if (error instanceof RangeError) {
      return refuse('the file is nested too deeply to be read', `nest at most ${MAX_DEPTH} levels`);
    }
    throw error;
  }
}

/** One mistake often makes the parser stumble over all lines after it: the first ones tell. */
function syntaxDiagnostics(
  file: string,
  text: string,
  lines: LineCounter,
  errors: readonly YAMLError[],
): readonly Diagnostic[] {
  const rows = text.split('\n');
  const found = errors.map((error) => {
    const { line, col } = lines.linePos(error.pos[0]);
    const row = rows[line - 1] ?? '';
    const tab = /^ *\t/.exec(row);
    if (tab !== null) {
      return {
        kind: 'tab',
        message: 'a tab in the indentation, which YAML does not allow',
        range: { file, line, column: tab[0].length, length: 1 },
        hint: 'indent with spaces',
      };
    }
    const length = Math.max(1, Math.min(error.pos[1] - error.pos[0], row.length - col + 1));
    return { kind: error.code, range: { file, line, column: col, length }, ...inWords(error) };
  });
  const tabs = found.filter(({ kind }) => kind === 'tab');
  const kinds = new Set<string>();
  const telling =
    tabs.length > 0
      ? tabs.filter((tab, i) => tab.range.line !== tabs[i - 1]?.range.line)
      : found.filter(({ kind }) => !kinds.has(kind) && kinds.add(kind));
  return telling.map(({ kind: _, ...diagnostic }) => diagnostic);
}

/** What the parser says, clearer where it can be. */
function inWords({ code, message }: YAMLError): Pick<Diagnostic, 'message' | 'hint'> {
  if (code === 'MULTIPLE_DOCS') {
    return {
      message: 'a second document begins here',
      hint: 'remove it, or the line --- before it',
    };
  }
  const quote = /^Missing closing (["'])quote$/.exec(message);
  if (quote !== null) {
    return {
      message: `a text in ${quote[1]} quotes does not end`,
      hint: `close it with ${quote[1]}`,
    };
  }
  return { message: `${message.charAt(0).toLowerCase()}${message.slice(1)}` };
}

/** Turns the parser's nodes into ours. */
class Reader {
  readonly #file: string;
  readonly #text: string;
  readonly #lines: LineCounter;
  readonly #document: Document;
  readonly #anchors = new Map<string, YamlNode>();
  readonly #diagnostics: Diagnostic[] = [];
  #aliasDepth = 0;
  #aliasedNodes = 0;

  constructor(file: string, text: string, lines: LineCounter, document: Document) {
    this.#file = file;
    this.#text = text;
    this.#lines = lines;
    this.#document = document;
  }

  read() {
    const contents = this.#document.contents;
    const root = contents === null ? undefined : this.#node(contents, 0);
    return { root, diagnostics: this.#diagnostics };
  }

  #node(node: YamlNode, depth: number): Node {
    const range = this.#range(node.range);
    const nothing: Node = { kind: 'scalar', value: null, range };
    if (this.#aliasDepth > 0) this.#aliasedNodes += 1;
    if (this.#aliasedNodes > MAX_ALIASED_NODES) return nothing;
    if (depth > MAX_DEPTH) {
      this.#report(range, `nested more than ${MAX_DEPTH} levels deep`, 'flatten it');
      return nothing;
    }
    if (isAlias(node)) return this.#alias(node, depth, nothing);
    // In the order of the document, so an alias finds the last mark before it, as YAML wants it.
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    if (node.tag !== undefined && !node.tag.startsWith('tag:yaml.org,2002:')) {
      this.#report(range, `the tag '${node.tag}' means nothing here`, 'write a plain value');
      return nothing;
    }
    if (isMap(node)) return this.#map(node, depth);
    if (isSeq(node)) {
      const items = node.items.map((item) => this.#node(item as YamlNode, depth + 1));
      return { kind: 'list', items, range };
    }
    if (isScalar(node)) return this.#scalar(node.value, range);
    return nothing;
  }

  #scalar(value: unknown, range: SourceRange): Node {
    if (typeof value === 'number') {
      if (!Number.isFinite(value)) {
        this.#report(range, 'not a finite number', 'write it out as a number');
      } else if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
        const hint = 'put it in quotes to keep all its digits';
        this.#report(range, 'an integer too large to be held exactly', hint);
      }
    } else if (value !== null && !['string', 'boolean'].includes(typeof value)) {
      this.#report(range, 'not a plain value', 'write a number, a text, true, false or null');
      return { kind: 'scalar', value: null, range };
    }
    return { kind: 'scalar', value: value as null | boolean | number | string, range };
  }

  #map(node: YAMLMap, depth: number): MapNode {
    const entries = new Map<string, MapEntry>();
    const merged = new Map<string, MapEntry>();
    for (const pair of node.items as readonly Pair<YamlNode | null, YamlNode | null>[]) {
      const keyRange = this.#range(pair.key?.range ?? node.range);
      if (
        pair.key === null ||
        !isScalar(pair.key) ||
        !['string', 'number'].includes(typeof pair.key.value)
      ) {
        this.#report(keyRange, 'a key must be a name', 'write a plain word before the colon');
        continue;
      }
      const key = String(pair.key.value);
      const first = entries.get(key);
      if (first !== undefined) {
        const hint = `it is already there in line ${first.keyRange.line}: remove or rename one`;
        this.#report(keyRange, `duplicate key '${key}'`, hint);
        continue;
      }
      const value: Node =
        pair.value === null
          ? { kind: 'scalar', value: null, range: keyRange }
          : this.#node(pair.value, depth + 1);
      if (key === '<<') this.#merge(value, merged);
      else entries.set(key, { key, keyRange, value });
    }
    // What a mapping says itself wins over what it merges in, wherever the << stands.
    for (const [key, entry] of merged) if (!entries.has(key)) entries.set(key, entry);
    return { kind: 'map', entries, range: this.#range(node.range) };
  }

  /** `<<: *marked`, or a list of such: earlier ones win. */
  #merge(value: Node, merged: Map<string, MapEntry>): void {
    for (const source of value.kind === 'list' ? value.items : [value]) {
      if (source.kind !== 'map') {
        this.#report(source.range, 'only a mapping can be merged with <<', 'e.g. <<: *marked');
        continue;
      }
      for (const [key, entry] of source.entries) if (!merged.has(key)) merged.set(key, entry);
    }
  }

  #alias(node: Alias, depth: number, nothing: Node): Node {
    const target = this.#anchors.get(node.source);
    if (target === undefined) {
      const hint = `mark a value before it: &${node.source}`;
      this.#report(nothing.range, `nothing is marked '&${node.source}'`, hint);
      return nothing;
    }
    this.#aliasDepth += 1;
    const value = this.#node(target, depth + 1);
    this.#aliasDepth -= 1;
    if (this.#aliasDepth === 0 && this.#aliasedNodes > MAX_ALIASED_NODES) {
      this.#report(nothing.range, 'the aliases repeat too much', 'write the values out');
    }
    return value;
  }

  #range(range: Range | null | undefined): SourceRange {
    const [from, to] = range ?? [0, 1];
    const { line, col } = this.#lines.linePos(from);
    const end = this.#text.indexOf('\n', from);
    const last = Math.min(to, end === -1 ? this.#text.length : end);
    return { file: this.#file, line, column: col, length: Math.max(1, last - from) };
  }

  #report(range: SourceRange, message: string, hint: string): void {
    this.#diagnostics.push({ message, range, hint });
  }
}
