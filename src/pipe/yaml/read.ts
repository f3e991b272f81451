import {
  type Alias,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  type Range,
  visit,
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
/** Values that aliases may add. */
const MAX_ALIASES = 10_000;

interface YamlFile {
  /** `undefined` if the text is empty or has mistakes. */
  readonly value: Json | undefined;
  /** The place of the value; its `at` leads to the places of what is in it. */
  readonly place: Place;
  readonly diagnostics: readonly Diagnostic[];
}

type Report = (
  node: { readonly range?: Range | null | undefined },
  message: string,
  hint: string,
) => void;

/**
 * Parses YAML into plain values whose places can be looked up. Never throws: mistakes become diagnostics.
 *
 * @param file path for diagnostics, e.g. `pipeline.yaml`
 */
export function readYaml(file: string, text: string): YamlFile {
  const lines = new LineCounter();
  const diagnostics: Diagnostic[] = [];
  const rangeOf = (from: number, to: number): SourceRange => {
    const { line, col } = lines.linePos(from);
    const end = text.indexOf('\n', from);
    const length = Math.min(to, end === -1 ? text.length : end) - from;
    return { file, line: Math.max(1, line), column: Math.max(1, col), length: Math.max(1, length) };
  };
  const report: Report = ({ range }, message, hint) => {
    const [from, to] = range ?? [0, 1];
    diagnostics.push({ message, range: rangeOf(from, to), hint });
  };
  const fail = () => ({ value: undefined, place: new Place(() => rangeOf(0, 1)), diagnostics });
  try {
    if (text.length > MAX_LENGTH) {
      const size = (text.length / 1024 / 1024).toFixed(0);
      report(
        {},
        `the file has ${size} MiB, but the limit is 8 MiB`,
        'use axes instead of many similar stages',
      );
      return fail();
    }
    if (isTooDeep(text)) throw new RangeError();
    const document = parseDocument(text, {
      lineCounter: lines,
      merge: true,
      prettyErrors: false,
      keepSourceTokens: false,
      // Quadratic in the number of keys; checkMap finds duplicates.
      uniqueKeys: false,
      // 'silent' would ignore a second document.
      logLevel: 'error',
    });
    if (document.errors.some(({ message }) => message.includes('call stack')))
      throw new RangeError();
    diagnostics.push(...syntaxDiagnostics(text, document.errors, rangeOf));
    if (diagnostics.length === 0)
      checkNodes(document, report, (offset) => lines.linePos(offset).line);
    if (diagnostics.length > 0) return fail();
    const place = new Place((path, part) => {
      const [from, to] = find(document, path, part)?.range ?? [0, 1];
      return rangeOf(from, to);
    });
    const value =
      document.contents === null ? undefined : document.toJS({ maxAliasCount: MAX_ALIASES });
    // Aliases nest without brackets.
    if (isDeeper(value, MAX_DEPTH)) throw new RangeError();
    return { value, place, diagnostics };
  } catch (error) {
    // Overflow outside of the parser's own catch.
    if (error instanceof RangeError) {
      report({}, 'the file is nested too deeply', `nest at most ${MAX_DEPTH} levels`);
    } else if (error instanceof ReferenceError) {
      const start = text.indexOf('*');
      report(
        { range: [start, start + 1, start + 1] },
        `aliases expand to more than ${MAX_ALIASES} values`,
        'write the values out',
      );
    } else throw error;
    return fail();
  }
}

function isDeeper(value: Json | undefined, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
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
  text: string,
  errors: readonly YAMLError[],
  rangeOf: (from: number, to: number) => SourceRange,
): readonly Diagnostic[] {
  const rows = text.split('\n');
  const tabs = new Map<number, Diagnostic>();
  const others = new Map<string, Diagnostic>();
  for (const error of errors) {
    const range = rangeOf(...error.pos);
    const tab = /^ *\t/.exec(rows[range.line - 1] ?? '');
    if (tab !== null) {
      const message = 'tab in the indentation; YAML allows only spaces';
      const place = { ...range, column: tab[0].length, length: 1 };
      tabs.set(range.line, { message, range: place, hint: 'indent with spaces' });
    } else if (!others.has(error.code)) {
      others.set(error.code, { range, ...describeError(error) });
    }
  }
  return [...(tabs.size > 0 ? tabs : others).values()];
}

/** The parser's message, in clearer words where possible. */
function describeError({ code, message }: YAMLError): Pick<Diagnostic, 'message' | 'hint'> {
  if (code === 'MULTIPLE_DOCS') {
    return { message: 'a second document starts here', hint: 'remove it, or the --- before it' };
  }
  const quote = /^Missing closing (["'])quote$/.exec(message)?.[1];
  if (quote !== undefined) {
    return { message: `missing closing ${quote}`, hint: `add ${quote} at the end of the string` };
  }
  return { message: `${message.charAt(0).toLowerCase()}${message.slice(1)}` };
}

/** Reports what is YAML but no JSON, or not what it seems to be. */
function checkNodes(document: Document, report: Report, lineOf: (offset: number) => number): void {
  const anchors = new Map<string, YamlNode>();
  visit(document, (role, node, path) => {
    if (node === null || isPair(node)) return undefined;
    const inner = node as YamlNode;
    if (path.filter(isCollection).length > MAX_DEPTH) {
      report(inner, `nested more than ${MAX_DEPTH} levels deep`, 'flatten it');
      return visit.SKIP;
    }
    if (isAlias(inner)) {
      const target = anchors.get(inner.source);
      if (target === undefined) {
        const hint = `define the anchor before it: &${inner.source}`;
        report(inner, `unknown anchor '*${inner.source}'`, hint);
      } else if (path.includes(target)) {
        report(inner, `'*${inner.source}' repeats what it is part of`, 'write the value out');
      }
      return undefined;
    }
    if (inner.anchor !== undefined) anchors.set(inner.anchor, inner);
    if (inner.tag !== undefined && !inner.tag.startsWith('tag:yaml.org,2002:')) {
      report(inner, `unknown tag '${inner.tag}'`, 'write a plain value');
    } else if (isMap(inner)) checkMap(document, inner, report, lineOf);
    else if (isScalar(inner) && role !== 'key') checkScalar(inner.value, inner, report);
    return undefined;
  });
}

function checkScalar(value: unknown, node: YamlNode, report: Report): void {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    report(node, 'not a finite number', 'write a finite number');
  } else if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    report(node, 'integer too large to be exact', 'put it in quotes to keep all its digits');
  } else if (value !== null && !['number', 'string', 'boolean'].includes(typeof value)) {
    report(node, 'not a plain value', 'write a number, a string, true, false or null');
  }
}

function checkMap(
  document: Document,
  node: YAMLMap,
  report: Report,
  lineOf: (offset: number) => number,
): void {
  const lines = new Map<string, number>();
  for (const pair of node.items as readonly YamlPair[]) {
    const key = keyOf(pair);
    const place = pair.key ?? node;
    const first = key === undefined ? undefined : lines.get(key);
    if (key === undefined) {
      report(place, 'a key must be a string or a number', 'write a plain word before the colon');
    } else if (first !== undefined) {
      report(place, `duplicate key '${key}'`, `first used in line ${first}: remove or rename one`);
    } else if (key === '__proto__') {
      report(place, `'${key}' is not a valid key`, 'rename it');
    } else if (key === MERGE) {
      if (sourcesOf(document, pair).every(isMap)) continue;
      report(pair.value ?? place, 'only a mapping can be merged with <<', 'e.g. <<: *base');
    } else lines.set(key, lineOf(place.range?.[0] ?? 0));
  }
}

type YamlPair = Pair<YamlNode | null, YamlNode | null>;
const MERGE = '<<';

function keyOf({ key }: YamlPair): string | undefined {
  const value = isScalar(key) ? key.value : undefined;
  if (typeof value === 'symbol') return MERGE;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** The mappings of `<<: *base` or `<<: [*a, *b]`. */
function sourcesOf(document: Document, { value }: YamlPair): readonly unknown[] {
  const list = isSeq(value) ? value.items : [value];
  return list.map((one) => (isAlias(one) ? one.resolve(document) : one));
}

/** The node at the end of a path, or as far as the path exists. */
function find(document: Document, path: readonly Step[], part: 'key' | 'value') {
  let pair: Partial<YamlPair> = { value: document.contents };
  for (const step of path) {
    const { value } = pair;
    const node = isAlias(value) ? (value as Alias).resolve(document) : value;
    const item = isSeq(node) ? (node.items[Number(step)] as YamlNode | undefined) : undefined;
    const next = isMap(node) ? pairOf(document, node, String(step)) : item && { value: item };
    if (next === undefined) return node;
    pair = next;
  }
  const value = isAlias(pair.value) ? pair.value.resolve(document) : pair.value;
  return (part === 'key' ? pair.key : undefined) ?? value ?? pair.key;
}

/** A mapping's own pair, or a merged one; earlier mappings win. */
function pairOf(document: Document, map: YAMLMap, key: string): YamlPair | undefined {
  const pairs = map.items as readonly YamlPair[];
  const own = pairs.find((pair) => keyOf(pair) === key);
  if (own !== undefined || key === MERGE) return own;
  for (const merge of pairs.filter((pair) => keyOf(pair) === MERGE)) {
    for (const source of sourcesOf(document, merge)) {
      const merged = isMap(source) ? pairOf(document, source, key) : undefined;
      if (merged !== undefined) return merged;
    }
  }
  return undefined;
}
