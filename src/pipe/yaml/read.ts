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
  type Scalar,
  visit,
  type YAMLError,
  type YAMLMap,
  type Node as YamlNode,
} from 'yaml';
import type { Diagnostic, SourceRange } from '../core/diagnostic.ts';
import type { Json } from '../core/json.ts';
import { Place, type Step } from './place.ts';
import { isTooDeep } from './too-deep.ts';

/** Characters; 10,000 stages take a tenth of this. */
const MAX_LENGTH = 8 * 1024 * 1024;
const MAX_DEPTH = 64;
/** Values that aliases may add. */
const MAX_ALIASED = 10_000;
/** The key of what a mapping takes over from others. */
const MERGE = '<<';

/** The pairs of a parsed mapping. */
type YamlPair = Pair<YamlNode | null, YamlNode | null>;

interface YamlFile {
  /** `undefined` if the text is empty or has mistakes. */
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
  const reader = new YamlReader(file, text);
  const value = reader.read();
  const place = new Place((path, part) => reader.rangeAt(path, part));
  return { value, place, diagnostics: reader.diagnostics };
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
  const end = /end with a (\S)$/.exec(message)?.[1];
  const hint = end === undefined ? (FIXES[code] ?? USUAL_FIX) : `add ${end} at its end`;
  return { message: `${message.charAt(0).toLowerCase()}${message.slice(1)}`, hint };
}

const USUAL_FIX = 'write each key as key: value, and indent the keys of a mapping alike';

/** By the parser's code. */
const FIXES: Readonly<Record<string, string>> = {
  BAD_ALIAS: 'name an anchor after the *, or put the text in quotes',
  BAD_DQ_ESCAPE: 'write \\\\ for a backslash, or take single quotes',
  BAD_SCALAR_START: 'put the text in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'put a text with a colon in quotes, or begin a new line for the inner key',
};

class YamlReader {
  readonly diagnostics: Diagnostic[] = [];
  readonly #file: string;
  readonly #text: string;
  readonly #lines = new LineCounter();
  readonly #targets = new Map<Alias, YamlNode>();
  readonly #sizes = new Map<YamlNode, { readonly count: number; readonly depth: number }>();
  readonly #merges: YamlPair[] = [];
  #contents: YamlNode | null = null;

  constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
  }

  read(): Json | undefined {
    if (this.#text.length > MAX_LENGTH) {
      const message = `the file has ${(this.#text.length / 1024 / 1024).toFixed(0)} MiB, but the limit is 8 MiB`;
      return this.#report({}, message, 'use axes instead of many similar stages');
    }
    try {
      if (isTooDeep(this.#text)) throw new RangeError();
      const document = parseDocument(this.#text, {
        lineCounter: this.#lines,
        merge: true,
        prettyErrors: false,
        keepSourceTokens: false,
        // Quadratic in the number of keys; #checkMap finds duplicates.
        uniqueKeys: false,
        // 'silent' would ignore a second document.
        logLevel: 'error',
      });
      this.#checkSyntax(document.errors);
      if (this.diagnostics.length === 0) this.#checkNodes(document);
      if (this.diagnostics.length > 0 || document.contents === null) return undefined;
      this.#contents = document.contents;
      return document.toJS({ maxAliasCount: -1 });
    } catch (error) {
      // Overflow outside of the parser's own catch.
      if (!(error instanceof RangeError)) throw error;
      return this.#report({}, 'the file is nested too deeply', `nest at most ${MAX_DEPTH} levels`);
    }
  }

  /** The range at the end of a path, or as far as the path exists. */
  rangeAt(path: readonly Step[], part: 'key' | 'value'): SourceRange {
    let pair: Partial<YamlPair> | undefined = { value: this.#contents };
    let value = this.#resolve(this.#contents);
    for (const step of path) {
      pair = isMap(value) ? this.#pairOf(value, String(step)) : undefined;
      const next = isSeq(value) ? value.items[Number(step)] : (pair?.value ?? pair?.key);
      if (next === undefined) return this.#rangeOf(value);
      value = this.#resolve(next);
    }
    return this.#rangeOf((part === 'key' ? pair?.key : undefined) ?? value);
  }

  /** A mapping's own pair, or a merged one; earlier mappings win. */
  #pairOf(map: YAMLMap, key: string): YamlPair | undefined {
    const pairs = map.items as readonly YamlPair[];
    const own = pairs.find((pair) => keyOf(pair) === key);
    if (own !== undefined) return own;
    const sources = pairs
      .filter((pair) => keyOf(pair) === MERGE)
      .flatMap((pair) => this.#sourcesOf(pair));
    for (const source of sources) {
      const merged = isMap(source) ? this.#pairOf(source, key) : undefined;
      if (merged !== undefined) return merged;
    }
    return undefined;
  }

  /** The mappings of `<<: *base` or `<<: [*a, *b]`. */
  #sourcesOf({ value }: YamlPair): readonly unknown[] {
    return (isSeq(value) ? value.items : [value]).map((source) => this.#resolve(source));
  }

  #resolve(node: unknown): unknown {
    return isAlias(node) ? this.#targets.get(node) : node;
  }

  /** One mistake often causes errors on all lines after it: keeps the first of each kind. */
  #checkSyntax(errors: readonly YAMLError[]): void {
    if (errors.some(({ message }) => message.includes('call stack'))) throw new RangeError();
    const rows = this.#text.split('\n');
    const tabs = new Map<number, Diagnostic>();
    const others = new Map<string, Diagnostic>();
    for (const error of errors) {
      const range = this.#rangeOf({ range: [...error.pos, error.pos[1]] });
      const tab = /^ *\t/.exec(rows[range.line - 1] ?? '');
      if (tab !== null) {
        const message = 'tab in the indentation; YAML allows only spaces';
        const place = { ...range, column: tab[0].length, length: 1 };
        tabs.set(range.line, { message, range: place, hint: 'indent with spaces' });
      } else if (!others.has(error.code)) {
        others.set(error.code, { range, ...describeError(error) });
      }
    }
    this.diagnostics.push(...(tabs.size > 0 ? tabs : others).values());
  }

  /** Reports what JSON does not have, and aliases that expand to too much. */
  #checkNodes(document: Document): void {
    const anchors = new Map<string, YamlNode>();
    let aliased = 0;
    visit(document, (role, node, path) => {
      if (node === null || isPair(node)) return undefined;
      const inner = node as YamlNode;
      let levels = path.filter(isCollection).length;
      if (isAlias(inner)) {
        const { source } = inner;
        // The last anchor before it.
        const target = anchors.get(source);
        if (target === undefined) {
          const hint = `define the anchor before it: &${source}`;
          return this.#report(inner, `unknown anchor '*${source}'`, hint);
        }
        this.#targets.set(inner, target);
        if (!path.includes(target)) {
          const { count, depth } = this.#sizeOf(target);
          aliased += count;
          levels += depth;
        } else levels = Number.POSITIVE_INFINITY;
      }
      if (aliased > MAX_ALIASED) {
        const message = `aliases expand to more than ${MAX_ALIASED} values`;
        this.#report(inner, message, 'write the values out');
        return visit.BREAK;
      }
      if (levels > MAX_DEPTH) {
        this.#report(inner, `nested more than ${MAX_DEPTH} levels deep`, 'flatten it');
        return visit.BREAK;
      }
      if (isAlias(inner)) return undefined;
      if (inner.anchor !== undefined) anchors.set(inner.anchor, inner);
      if (inner.tag !== undefined && !inner.tag.startsWith('tag:yaml.org,2002:')) {
        this.#report(inner, `unknown tag '${inner.tag}'`, 'write a plain value');
      } else if (isMap(inner)) this.#checkMap(inner);
      else if (isScalar(inner) && role !== 'key') this.#checkScalar(inner);
      return undefined;
    });
    for (const pair of this.#merges) {
      if (this.#sourcesOf(pair).every(isMap)) continue;
      this.#report(
        pair.value ?? pair.key,
        'only a mapping can be merged with <<',
        'e.g. <<: *base',
      );
    }
  }

  /** With aliases written out. */
  #sizeOf(node: unknown): { readonly count: number; readonly depth: number } {
    const target = this.#resolve(node) as YamlNode;
    const known = this.#sizes.get(target);
    if (known !== undefined) return known;
    const items = isCollection(target) ? target.items : [];
    const sizes = items.map((item) => this.#sizeOf(isPair(item) ? item.value : item));
    const size = {
      count: sizes.reduce((sum, { count }) => sum + count, 1),
      depth: sizes.reduce((most, { depth }) => Math.max(most, depth + 1), 0),
    };
    this.#sizes.set(target, size);
    return size;
  }

  #checkScalar(node: Scalar): void {
    const { value, source = '' } = node;
    if (typeof value === 'number' && !Number.isFinite(value)) {
      this.#report(node, 'not a finite number', 'write a finite number');
    } else if (
      Number.isInteger(value) &&
      !Number.isSafeInteger(value) &&
      // With an exponent or a point it is meant as a rounded number: 1e21.
      !/^[-+]?[\d.]*[.e]/i.test(source) &&
      String(value) !== source
    ) {
      const hint = 'put it in quotes to keep all its digits';
      this.#report(node, 'integer too large to be exact', hint);
    } else if (value !== null && !['number', 'string', 'boolean'].includes(typeof value)) {
      this.#report(node, 'not a plain value', 'write a number, a string, true, false or null');
    }
  }

  #checkMap(map: YAMLMap): void {
    const lines = new Map<string, number>();
    for (const pair of map.items as readonly YamlPair[]) {
      const key = keyOf(pair);
      const place = pair.key ?? map;
      const first = lines.get(key ?? '');
      if (key === undefined) {
        const hint = 'write a plain word before the colon';
        this.#report(place, 'a key must be a string or a number', hint);
      } else if (first !== undefined) {
        const hint = `first used in line ${first}: remove or rename one`;
        this.#report(place, `duplicate key '${key}'`, hint);
      } else if (key === '__proto__') {
        this.#report(place, `'${key}' is not a valid key`, 'rename it');
      } else if (key === MERGE) {
        this.#merges.push(pair);
      } else {
        lines.set(key, this.#rangeOf(place).line);
      }
    }
  }

  #rangeOf(node: unknown): SourceRange {
    const [from, to] = (node as { readonly range?: Range } | null)?.range ?? [0, 1];
    const { line, col } = this.#lines.linePos(from);
    const end = this.#text.indexOf('\n', from);
    const length = Math.min(to, end === -1 ? this.#text.length : end) - from;
    const at = { line: Math.max(1, line), column: Math.max(1, col) };
    return { file: this.#file, ...at, length: Math.max(1, length) };
  }

  #report(node: unknown, message: string, hint: string): undefined {
    this.diagnostics.push({ message, range: this.#rangeOf(node), hint });
    return undefined;
  }
}

function keyOf({ key }: YamlPair): string | undefined {
  const value = isScalar(key) ? key.value : undefined;
  if (typeof value === 'symbol') return MERGE;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
