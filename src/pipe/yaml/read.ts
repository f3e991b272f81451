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

/** Characters; 10,000 stages take a tenth of this. */
const MAX_LENGTH = 8 * 1024 * 1024;
const MAX_DEPTH = 64;
/** Levels that the yaml package handles safely. */
const MAX_PARSER_DEPTH = 1000;
const DEEP_LINE = /^[ ?-]{1000}/m;
/** Nodes that aliases may add. */
const MAX_ALIASED_NODES = 10_000;

/**
 * Parses YAML into nodes with their places. Never throws: mistakes become diagnostics.
 *
 * @param file path for diagnostics, e.g. `pipeline.yaml`
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
      `the file has ${(text.length / 1024 / 1024).toFixed(0)} MiB, but the limit is 8 MiB`,
      'use axes instead of many similar stages',
    );
  }
  const tooDeep = () => refuse('the file is nested too deeply', `nest at most ${MAX_DEPTH} levels`);
  const lines = new LineCounter();
  try {
    if (isTooDeep(text)) return tooDeep();
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      keepSourceTokens: false,
      // Quadratic in the number of keys; #map finds duplicates itself.
      uniqueKeys: false,
      // 'silent' would ignore a second document.
      logLevel: 'error',
    });
    const syntax = document.errors;
    if (syntax.some(({ message }) => message.includes('call stack'))) return tooDeep();
    if (syntax.length > 0) {
      return { root: undefined, diagnostics: syntaxDiagnostics(file, text, lines, syntax) };
    }
    return new NodeBuilder(file, text, lines, document).build();
  } catch (error) {
    // Overflow outside of the parser's own catch.
    if (error instanceof RangeError) return tooDeep();
    throw error;
  }
}

/**
 * Estimates the depth from unmatched brackets and from what a line starts with, quickly and generously.
 * The parser must not see deeper text: it catches its own stack overflows level by level and goes on,
 * which may take all memory.
 */
function isTooDeep(text: string): boolean {
  if (DEEP_LINE.test(text)) return true;
  let depth = 0;
  for (let i = 0; i < text.length && depth <= MAX_PARSER_DEPTH; i += 1) {
    const character = text[i];
    if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth -= 1;
  }
  return depth > MAX_PARSER_DEPTH;
}

/** One mistake often causes errors on all lines after it: keeps the first of each kind. */
function syntaxDiagnostics(
  file: string,
  text: string,
  lines: LineCounter,
  errors: readonly YAMLError[],
): readonly Diagnostic[] {
  const rows = text.split('\n');
  const mistakes = errors.map((error) => {
    const { line, col } = lines.linePos(error.pos[0]);
    const row = rows[line - 1] ?? '';
    const tab = /^ *\t/.exec(row);
    if (tab !== null) {
      return {
        kind: 'tab',
        message: 'tab in the indentation; YAML allows only spaces',
        range: { file, line, column: tab[0].length, length: 1 },
        hint: 'indent with spaces',
      };
    }
    const length = Math.max(1, Math.min(error.pos[1] - error.pos[0], row.length - col + 1));
    return {
      kind: error.code,
      range: { file, line, column: col, length },
      ...describeError(error),
    };
  });
  const tabs = mistakes.filter(({ kind }) => kind === 'tab');
  const kinds = new Set<string>();
  const relevant =
    tabs.length > 0
      ? tabs.filter((tab, i) => tab.range.line !== tabs[i - 1]?.range.line)
      : mistakes.filter(({ kind }) => !kinds.has(kind) && kinds.add(kind));
  return relevant.map(({ kind: _, ...diagnostic }) => diagnostic);
}

/** The parser's message, in clearer words where possible. */
function describeError({ code, message }: YAMLError): Pick<Diagnostic, 'message' | 'hint'> {
  if (code === 'MULTIPLE_DOCS') {
    return {
      message: 'a second document starts here',
      hint: 'remove it, or the --- before it',
    };
  }
  const quote = /^Missing closing (["'])quote$/.exec(message);
  if (quote !== null) {
    return {
      message: `missing closing ${quote[1]}`,
      hint: `add ${quote[1]} at the end of the string`,
    };
  }
  return { message: `${message.charAt(0).toLowerCase()}${message.slice(1)}` };
}

/** Converts the parser's nodes to ours. */
class NodeBuilder {
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

  build() {
    const contents = this.#document.contents;
    const root = contents === null ? undefined : this.#node(contents, 0);
    return { root, diagnostics: this.#diagnostics };
  }

  #node(node: YamlNode, depth: number): Node {
    const range = this.#range(node.range);
    const empty: Node = { kind: 'scalar', value: null, range };
    if (this.#aliasDepth > 0) this.#aliasedNodes += 1;
    if (this.#aliasedNodes > MAX_ALIASED_NODES) return empty;
    if (depth > MAX_DEPTH) {
      this.#report(range, `nested more than ${MAX_DEPTH} levels deep`, 'flatten it');
      return empty;
    }
    if (isAlias(node)) return this.#alias(node, depth, empty);
    // Visited in document order, so that an alias refers to the last anchor before it, as in YAML.
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    if (node.tag !== undefined && !node.tag.startsWith('tag:yaml.org,2002:')) {
      this.#report(range, `unknown tag '${node.tag}'`, 'write a plain value');
      return empty;
    }
    if (isMap(node)) return this.#map(node, depth);
    if (isSeq(node)) {
      const items = node.items.map((item) => this.#node(item as YamlNode, depth + 1));
      return { kind: 'list', items, range };
    }
    if (isScalar(node)) return this.#scalar(node.value, range);
    return empty;
  }

  #scalar(value: unknown, range: SourceRange): Node {
    if (typeof value === 'number') {
      if (!Number.isFinite(value)) {
        this.#report(range, 'not a finite number', 'write a finite number');
      } else if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
        const hint = 'put it in quotes to keep all its digits';
        this.#report(range, 'integer too large to be exact', hint);
      }
    } else if (value !== null && !['string', 'boolean'].includes(typeof value)) {
      this.#report(range, 'not a plain value', 'write a number, a string, true, false or null');
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
        this.#report(
          keyRange,
          'a key must be a string or a number',
          'write a plain word before the colon',
        );
        continue;
      }
      const key = String(pair.key.value);
      const first = entries.get(key);
      if (first !== undefined) {
        const hint = `first used in line ${first.keyRange.line}: remove or rename one`;
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
    // Own keys win over merged ones, wherever the << is.
    for (const [key, entry] of merged) if (!entries.has(key)) entries.set(key, entry);
    return { kind: 'map', entries, range: this.#range(node.range) };
  }

  /** `<<: *base` or `<<: [*a, *b]`; earlier mappings win. */
  #merge(value: Node, merged: Map<string, MapEntry>): void {
    for (const source of value.kind === 'list' ? value.items : [value]) {
      if (source.kind !== 'map') {
        this.#report(source.range, 'only a mapping can be merged with <<', 'e.g. <<: *base');
        continue;
      }
      for (const [key, entry] of source.entries) if (!merged.has(key)) merged.set(key, entry);
    }
  }

  #alias(node: Alias, depth: number, empty: Node): Node {
    const target = this.#anchors.get(node.source);
    if (target === undefined) {
      const hint = `define the anchor before it: &${node.source}`;
      this.#report(empty.range, `unknown anchor '*${node.source}'`, hint);
      return empty;
    }
    this.#aliasDepth += 1;
    const value = this.#node(target, depth + 1);
    this.#aliasDepth -= 1;
    if (this.#aliasDepth === 0 && this.#aliasedNodes > MAX_ALIASED_NODES) {
      this.#report(
        empty.range,
        `aliases expand to more than ${MAX_ALIASED_NODES} values`,
        'write the values out',
      );
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
