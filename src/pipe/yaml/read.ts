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
  type Scalar,
  type YAMLError,
  type YAMLMap,
  type Node as YamlNode,
} from 'yaml';
import type { Diagnostic, SourceRange } from '../core/diagnostic.ts';
import type { Json } from '../core/json.ts';
import { Place, type Step } from './place.ts';

/** Characters; 10,000 stages take a tenth of this. */
const MAX_LENGTH = 8 * 1024 * 1024;
const MAX_DEPTH = 64;
/** Levels that the yaml package handles safely. */
const MAX_PARSER_DEPTH = 1000;
const DEEP_LINE = /^[ ?-]{1000}/m;
/** Nodes that aliases may add. */
const MAX_ALIASED_NODES = 10_000;

interface YamlFile {
  /** `undefined` if the text is empty or cannot be parsed. */
  readonly value: Json | undefined;
  /** The place of the value; its `at` leads to the places of what is in it. */
  readonly place: Place;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Parses YAML into plain values whose places can be looked up. Never throws: mistakes become diagnostics.
 *
 * @param file path for diagnostics, e.g. `pipeline.yaml`
 */
export function readYaml(file: string, text: string): YamlFile {
  const start: SourceRange = { file, line: 1, column: 1, length: 1 };
  const fail = (diagnostics: readonly Diagnostic[]): YamlFile => {
    return { value: undefined, place: new Place(() => start), diagnostics };
  };
  const refuse = (message: string, hint: string) => fail([{ message, range: start, hint }]);
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
      // Quadratic in the number of keys; ValueBuilder finds duplicates itself.
      uniqueKeys: false,
      // 'silent' would ignore a second document.
      logLevel: 'error',
    });
    const syntax = document.errors;
    if (syntax.some(({ message }) => message.includes('call stack'))) return tooDeep();
    if (syntax.length > 0) return fail(syntaxDiagnostics(file, text, lines, syntax));
    return new ValueBuilder(file, text, lines).build(document);
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

/** Where a value is in the text, and its key. */
interface Entry {
  readonly key: Range | null | undefined;
  readonly value: Range | null | undefined;
}

/** Converts the parser's nodes to plain values and remembers their places. */
class ValueBuilder {
  readonly #file: string;
  readonly #text: string;
  readonly #lines: LineCounter;
  readonly #anchors = new Map<string, YamlNode>();
  readonly #diagnostics: Diagnostic[] = [];
  /** Of each mapping and list; an alias repeats its anchor's value as a new object. */
  readonly #entries = new WeakMap<object, Map<Step, Entry>>();
  #aliasDepth = 0;
  #aliasedNodes = 0;

  constructor(file: string, text: string, lines: LineCounter) {
    this.#file = file;
    this.#text = text;
    this.#lines = lines;
  }

  build({ contents }: Document): YamlFile {
    const value = contents === null ? undefined : this.#value(contents, 0);
    const root: Entry = { key: contents?.range, value: contents?.range };
    const place = new Place((path, part) => this.#range(this.#find(value, root, path, part)));
    return { value, place, diagnostics: this.#diagnostics };
  }

  /** The place at the end of a path, or as far as the path exists. */
  #find(value: Json | undefined, root: Entry, path: readonly Step[], part: keyof Entry) {
    let [inner, entry]: [unknown, Entry] = [value, root];
    for (const step of path) {
      const next = this.#entries.get(Object(inner))?.get(step);
      if (next === undefined) return entry.value;
      [inner, entry] = [(inner as Record<Step, unknown>)[step], next];
    }
    return entry[part];
  }

  #value(node: YamlNode, depth: number): Json {
    if (this.#aliasDepth > 0) this.#aliasedNodes += 1;
    if (this.#aliasedNodes > MAX_ALIASED_NODES) return null;
    if (depth > MAX_DEPTH) {
      return this.#report(node, `nested more than ${MAX_DEPTH} levels deep`, 'flatten it');
    }
    if (isAlias(node)) return this.#alias(node, depth);
    // Visited in document order, so that an alias refers to the last anchor before it, as in YAML.
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    if (node.tag !== undefined && !node.tag.startsWith('tag:yaml.org,2002:')) {
      return this.#report(node, `unknown tag '${node.tag}'`, 'write a plain value');
    }
    if (isMap(node)) return this.#map(node, depth);
    if (isSeq(node)) return this.#list(node.items as readonly YamlNode[], depth);
    return isScalar(node) ? this.#scalar(node) : null;
  }

  #scalar(node: Scalar): Json {
    const { value } = node;
    if (typeof value === 'number') {
      if (!Number.isFinite(value)) {
        this.#report(node, 'not a finite number', 'write a finite number');
      } else if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
        const hint = 'put it in quotes to keep all its digits';
        this.#report(node, 'integer too large to be exact', hint);
      }
    } else if (value !== null && typeof value !== 'string' && typeof value !== 'boolean') {
      return this.#report(
        node,
        'not a plain value',
        'write a number, a string, true, false or null',
      );
    }
    return value;
  }

  #list(items: readonly YamlNode[], depth: number): Json {
    const entries = new Map<Step, Entry>();
    const list = items.map((item, i) => {
      const value = this.#value(item, depth + 1);
      const { range } = this.#targetOf(item);
      entries.set(i, { key: range, value: range });
      return value;
    });
    this.#entries.set(list, entries);
    return list;
  }

  #map(node: YAMLMap, depth: number): Json {
    const map: Record<string, Json> = {};
    const entries = new Map<Step, Entry>();
    const sources: Json[] = [];
    for (const pair of node.items as readonly Pair<YamlNode | null, YamlNode | null>[]) {
      const keyNode = pair.key ?? node;
      const name = isScalar(pair.key) ? pair.key.value : undefined;
      if (typeof name !== 'string' && typeof name !== 'number') {
        const hint = 'write a plain word before the colon';
        this.#report(keyNode, 'a key must be a string or a number', hint);
        continue;
      }
      const key = String(name);
      const first = entries.get(key);
      if (first !== undefined) {
        const hint = `first used in line ${this.#range(first.key).line}: remove or rename one`;
        this.#report(keyNode, `duplicate key '${key}'`, hint);
        continue;
      }
      // Assigned to an object, it would set the prototype.
      if (key === '__proto__') this.#report(keyNode, `'${key}' is not a valid key`, 'rename it');
      const value = pair.value === null ? null : this.#value(pair.value, depth + 1);
      if (key === '<<') sources.push(...this.#mergeSources(value, pair.value ?? keyNode));
      else {
        map[key] = value;
        const valueNode = pair.value === null ? keyNode : this.#targetOf(pair.value);
        entries.set(key, { key: keyNode.range, value: valueNode.range });
      }
    }
    // Own keys win over merged ones, wherever the << is, and earlier mappings over later ones.
    for (const source of sources) {
      for (const [key, entry] of this.#entries.get(Object(source)) ?? []) {
        if (entries.has(key)) continue;
        map[key] = (source as Record<Step, Json>)[key];
        entries.set(key, entry);
      }
    }
    this.#entries.set(map, entries);
    return map;
  }

  /** The mappings of `<<: *base` or `<<: [*a, *b]`. */
  #mergeSources(value: Json, node: YamlNode): readonly Json[] {
    const sources = Array.isArray(value) ? value : [value];
    const isMapping = (one: Json) => typeof one === 'object' && one !== null && !Array.isArray(one);
    if (!sources.every(isMapping)) {
      this.#report(node, 'only a mapping can be merged with <<', 'e.g. <<: *base');
    }
    return sources.filter(isMapping);
  }

  #alias(node: Alias, depth: number): Json {
    const target = this.#anchors.get(node.source);
    if (target === undefined) {
      const hint = `define the anchor before it: &${node.source}`;
      return this.#report(node, `unknown anchor '*${node.source}'`, hint);
    }
    this.#aliasDepth += 1;
    const value = this.#value(target, depth + 1);
    this.#aliasDepth -= 1;
    if (this.#aliasDepth === 0 && this.#aliasedNodes > MAX_ALIASED_NODES) {
      const message = `aliases expand to more than ${MAX_ALIASED_NODES} values`;
      this.#report(node, message, 'write the values out');
    }
    return value;
  }

  /** Mistakes in a repeated value are those of its anchor. */
  #targetOf(node: YamlNode): YamlNode {
    return (isAlias(node) && this.#anchors.get(node.source)) || node;
  }

  #range(range: Range | null | undefined): SourceRange {
    const [from, to] = range ?? [0, 1];
    const { line, col } = this.#lines.linePos(from);
    const end = this.#text.indexOf('\n', from);
    const last = Math.min(to, end === -1 ? this.#text.length : end);
    return { file: this.#file, line, column: col, length: Math.max(1, last - from) };
  }

  #report({ range }: YamlNode, message: string, hint: string): null {
    this.#diagnostics.push({ message, range: this.#range(range), hint });
    return null;
  }
}
