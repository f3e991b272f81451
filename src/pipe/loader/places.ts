import { posix } from 'node:path';
import type { AnyNode, Expression } from 'acorn';
import { isReference, type Site } from './syntax.ts';

/** A value that is known before the program runs: a text, or a path beside the code. */
export type Known =
  | { readonly text: string }
  /** `isFolder`: a URL that ends in a slash, which others are relative to. */
  | { readonly path: string; readonly isFolder: boolean };

const { dirname, join } = posix;

/** Evaluates expressions that lead from a source file to a file beside it. */
export class Places {
  readonly #file: string;
  /** Initial values of variables that are declared once, as constants. */
  readonly #constants = new Map<string, AnyNode | undefined>();

  /** @param file path from the project's root */
  constructor(file: string, sites: readonly Site[]) {
    this.#file = file;
    for (const { node, around } of sites) {
      if (node.type !== 'VariableDeclarator' || node.id.type !== 'Identifier') continue;
      const declaration = around.at(-1);
      const isConstant =
        declaration?.type === 'VariableDeclaration' && declaration.kind === 'const';
      const { name } = node.id;
      const isOnce = isConstant && !this.#constants.has(name);
      this.#constants.set(name, isOnce ? (node.init ?? undefined) : undefined);
    }
  }

  /** Whether a node is where a place beside the code comes in. */
  isSource(site: Site): boolean {
    const { node } = site;
    if (node.type === 'MemberExpression') return this.#fromMeta(node) !== undefined;
    if (node.type !== 'Identifier' || !isReference(site)) return false;
    return this.#isDirname(node.name) || this.isConstantPath(node.name);
  }

  isConstantPath(name: string): boolean {
    const init = this.#constants.get(name);
    if (init === undefined) return false;
    const known = this.evaluate(init);
    return known !== undefined && 'path' in known;
  }

  evaluate(node: AnyNode, depth = 0): Known | undefined {
    if (depth > 50) return undefined;
    const inner = (one: AnyNode) => this.evaluate(one, depth + 1);
    switch (node.type) {
      case 'Literal':
        return typeof node.value === 'string' ? { text: node.value } : undefined;
      case 'Identifier': {
        if (this.#isDirname(node.name)) {
          const isFile = node.name === '__filename';
          return { path: isFile ? this.#file : dirname(this.#file), isFolder: false };
        }
        const init = this.#constants.get(node.name);
        return init && inner(init);
      }
      case 'MemberExpression': {
        const own = this.#fromMeta(node);
        if (own !== undefined) return own;
        const isText = ['href', 'pathname'].includes(nameOf(node) ?? '');
        return isText ? inner(node.object) : undefined;
      }
      case 'TemplateLiteral': {
        let known: Known | undefined = { text: node.quasis[0].value.cooked ?? '' };
        for (const [i, expression] of node.expressions.entries()) {
          known = concatenate(known, inner(expression));
          known = concatenate(known, { text: node.quasis[i + 1].value.cooked ?? '' });
        }
        return known;
      }
      case 'BinaryExpression':
        return node.operator === '+' && node.left.type !== 'PrivateIdentifier'
          ? concatenate(inner(node.left), inner(node.right))
          : undefined;
      case 'NewExpression': {
        const [specifier, base] = node.arguments;
        if (nameOf(node.callee) !== 'URL' || base === undefined) return undefined;
        return resolveUrl(inner(specifier), inner(base));
      }
      case 'CallExpression':
        return this.#call(node.callee, node.arguments, inner);
      default:
        return undefined;
    }
  }

  #call(
    callee: AnyNode,
    given: readonly AnyNode[],
    inner: (node: AnyNode) => Known | undefined,
  ): Known | undefined {
    const values = given.map(inner);
    const [first] = values;
    switch (nameOf(callee)) {
      case 'fileURLToPath':
      case 'pathToFileURL':
      case 'realpathSync':
      case 'normalize':
      case 'String':
        return first;
      case 'toString':
        return callee.type === 'MemberExpression' ? inner(callee.object) : undefined;
      case 'dirname':
        return first && 'path' in first
          ? { path: dirname(first.path), isFolder: false }
          : undefined;
      case 'join':
      case 'resolve': {
        if (first === undefined || !('path' in first)) return undefined;
        const texts = values.slice(1).map((value) => (value && 'text' in value ? value.text : '/'));
        if (texts.some((text) => text.startsWith('/'))) return undefined;
        return { path: join(first.path, ...texts), isFolder: false };
      }
      default:
        return undefined;
    }
  }

  /** `import.meta.url`, `.filename` and `.dirname`. */
  #fromMeta(node: AnyNode): Known | undefined {
    if (node.type !== 'MemberExpression' || node.object.type !== 'MetaProperty') return undefined;
    const name = nameOf(node);
    if (name === 'url' || name === 'filename') return { path: this.#file, isFolder: false };
    return name === 'dirname' ? { path: dirname(this.#file), isFolder: false } : undefined;
  }

  #isDirname(name: string): boolean {
    return ['__dirname', '__filename'].includes(name) && !this.#constants.has(name);
  }
}

function concatenate(a: Known | undefined, b: Known | undefined): Known | undefined {
  if (a === undefined || b === undefined) return undefined;
  if ('text' in a && a.text === '') return b;
  if (!('text' in b)) return undefined;
  if ('text' in a) return { text: a.text + b.text };
  if (b.text === '') return a;
  return b.text.startsWith('/') ? { path: join(a.path, b.text), isFolder: false } : undefined;
}

function resolveUrl(specifier: Known | undefined, base: Known | undefined): Known | undefined {
  if (specifier === undefined || base === undefined) return undefined;
  if (!('text' in specifier) || !('path' in base)) return undefined;
  const { text } = specifier;
  if (/^([a-z][a-z0-9+.-]*:|\/)/i.test(text)) return undefined;
  const folder = base.isFolder ? base.path : dirname(base.path);
  const path = join(folder, decodeURI(text));
  return { path: path.replace(/(?<=.)\/$/, ''), isFolder: text.endsWith('/') };
}

/** `a` of `a`, of `x.a` and of `x['a']`. */
export function nameOf(node: AnyNode | Expression): string | undefined {
  if (node.type === 'Identifier') return node.name;
  if (node.type !== 'MemberExpression') return undefined;
  if (!node.computed) return node.property.type === 'Identifier' ? node.property.name : undefined;
  const { property } = node;
  return property.type === 'Literal' && typeof property.value === 'string'
    ? property.value
    : undefined;
}
