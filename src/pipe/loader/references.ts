import type { AnyNode, CallExpression, Program } from 'acorn';
import { type Known, nameOf, Places } from './places.ts';
import { isReference, type Site, walk } from './syntax.ts';

/** What a script imports or reads, where the code names it. */
export interface Reference {
  readonly kind: 'import' | 'require' | 'path';
  /** A specifier; of a `path` that of the file from the project's root. */
  readonly target: string;
  /** Range of the literal that names it, if it can be rewritten. */
  readonly literal: readonly [start: number, end: number] | undefined;
  readonly at: number;
  /** Where to say that a file is JSON, unless the code does. */
  readonly attributes?: { readonly at: number; readonly isCall: boolean };
  /** Whether the code goes on without it. */
  readonly isOptional: boolean;
}

/** Something that reads what no key could have. */
interface Escape {
  readonly at: number;
  readonly length: number;
  readonly message: string;
  readonly hint: string;
}

export interface References {
  readonly references: readonly Reference[];
  readonly escapes: readonly Escape[];
}

const LITERAL =
  'import a literal specifier, e.g. by a table of functions: { a: () => import("./a.ts") }';
const BESIDE =
  "name it with a literal, e.g. new URL('./table.json', import.meta.url), or a folder of data: new URL('./tables/', import.meta.url)";

/**
 * Finds all that a script imports, requires or reads beside itself; what cannot be known before it runs is
 * an escape.
 *
 * @param file path of the script from the project's root
 */
export function findReferences(file: string, program: Program): References {
  const sites = [...walk(program)];
  return new Finder(file, sites).find();
}

class Finder {
  readonly #file: string;
  readonly #sites: readonly Site[];
  readonly #places: Places;
  readonly #references: Reference[] = [];
  readonly #escapes: Escape[] = [];
  /** Names of functions that require from this file. */
  readonly #requires = new Set<string>();
  /** Names by which the file imports `createRequire`. */
  readonly #makers = new Set<string>();

  constructor(file: string, sites: readonly Site[]) {
    this.#file = file;
    this.#sites = sites;
    this.#places = new Places(file, sites);
  }

  find(): References {
    this.#findRequires();
    const seen = new Set<AnyNode>();
    for (const site of this.#sites) {
      this.#visitImport(site);
      this.#visitRequire(site);
      this.#visitMeta(site);
      if (this.#places.isSource(site)) this.#visitPlace(site, seen);
    }
    return { references: this.#references, escapes: this.#escapes };
  }

  /** Notes by which names the file requires: its own `require`, and what `createRequire` makes. */
  #findRequires(): void {
    const declared = new Set<string>();
    const isModule = this.#sites.some(({ node }) => /^(Import|Export)/.test(node.type));
    for (const { node, around } of this.#sites) {
      if (node.type === 'ImportSpecifier' && nameOf(node.imported) === 'createRequire') {
        this.#makers.add(node.local.name);
      }
      const parent = around.at(-1);
      const isBinding = node.type === 'Identifier' && !isReference({ node, around });
      if (isBinding && node.name === 'require' && parent?.type !== 'MemberExpression') {
        declared.add(node.name);
      }
    }
    for (const { node } of this.#sites) {
      const [name, value] = bindingOf(node);
      if (name !== undefined && value !== undefined && this.#isMaking(value)) {
        this.#requires.add(name);
      }
    }
    if (!isModule && !declared.has('require')) this.#requires.add('require');
  }

  #isMaking(node: AnyNode): node is CallExpression {
    if (node.type !== 'CallExpression') return false;
    const { callee } = node;
    if (callee.type === 'Identifier') return this.#makers.has(callee.name);
    return nameOf(callee) === 'createRequire';
  }

  #visitImport({ node, around }: Site): void {
    switch (node.type) {
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
      case 'ExportNamedDeclaration': {
        const { source } = node;
        if (!source) return;
        const attributes =
          node.attributes.length > 0 ? {} : { attributes: { at: source.end, isCall: false } };
        this.#link('import', source, around, attributes);
        return;
      }
      case 'ImportExpression': {
        const attributes = node.options
          ? {}
          : { attributes: { at: node.source.end, isCall: true } };
        if (this.#link('import', node.source, [...around, node], attributes)) return;
        this.#escape(node, 'import', 'this specifier is computed at run time', LITERAL);
        return;
      }
    }
  }

  #visitRequire(site: Site): void {
    const { node, around } = site;
    const parent = around.at(-1);
    if (this.#isMaking(node)) {
      const [base] = node.arguments;
      const known = base && this.#places.evaluate(base);
      if (!known || !('path' in known) || known.path !== this.#file) {
        this.#escape(
          node,
          'createRequire',
          'it resolves from a place that is not this file',
          'write createRequire(import.meta.url)',
        );
        return;
      }
      const [name] = parent === undefined ? [] : bindingOf(parent);
      if (name === undefined) this.#useRequire(site);
      return;
    }
    if (node.type === 'MemberExpression' && nameOf(node) === 'require') {
      if (nameOf(node.object) === 'module') this.#useRequire(site);
      return;
    }
    const isUse = node.type === 'Identifier' && this.#requires.has(node.name);
    if (isUse && isReference(site)) this.#useRequire(site);
  }

  /** What is done with a function that requires. */
  #useRequire({ node, around }: Site): void {
    const [outer, parent] = [around.at(-2), around.at(-1)];
    if (parent?.type === 'UnaryExpression' && parent.operator === 'typeof') return;
    const isMember = parent?.type === 'MemberExpression' && parent.object === node;
    const member = isMember ? nameOf(parent) : undefined;
    if (member !== undefined && ['cache', 'main', 'extensions'].includes(member)) return;
    const call = member === 'resolve' ? outer : parent;
    const callee = member === 'resolve' ? parent : node;
    if (call?.type === 'CallExpression' && call.callee === callee) {
      const [specifier] = call.arguments;
      if (specifier && this.#link('require', specifier, around)) return;
      this.#escape(call, 'require', 'this specifier is computed at run time', LITERAL);
      return;
    }
    this.#escape(
      node,
      'require',
      'what it is used for cannot be followed',
      'call it here, with a literal',
    );
  }

  /** `import.meta` where it is not asked for a known property, and `import.meta.resolve`. */
  #visitMeta({ node, around }: Site): void {
    if (node.type !== 'MetaProperty' || node.meta.name !== 'import') return;
    const parent = around.at(-1);
    const name = parent?.type === 'MemberExpression' ? nameOf(parent) : undefined;
    if (name === undefined) {
      this.#escape(node, 'import.meta', 'what is read of it cannot be followed', BESIDE);
      return;
    }
    if (name !== 'resolve') return;
    const call = around.at(-2);
    const [specifier] =
      call?.type === 'CallExpression' && call.callee === parent ? call.arguments : [];
    if (specifier && this.#link('import', specifier, around)) return;
    this.#escape(node, 'import.meta.resolve', 'this specifier is computed at run time', LITERAL);
  }

  /** Takes a place beside the code as far as it can be followed. */
  #visitPlace({ node, around }: Site, seen: Set<AnyNode>): void {
    let [place, depth] = [node, around.length];
    let literal: Reference['literal'];
    for (let at = depth - 1; at >= 0; at -= 1) {
      const known = this.#places.evaluate(around[at]);
      if (known === undefined || !('path' in known)) break;
      [place, depth] = [around[at], at];
      literal ??= literalOf(place);
    }
    if (seen.has(place)) return;
    seen.add(place);
    const parent = around.slice(0, depth).at(-1);
    const known = this.#places.evaluate(place) as Extract<Known, { path: string }>;
    if (parent?.type === 'VariableDeclarator') {
      const name = nameOf(parent.id as AnyNode);
      const isExported = around[depth - 3]?.type === 'ExportNamedDeclaration';
      // What it is used for is looked at where it is used.
      if (name !== undefined && this.#places.isConstantPath(name) && !isExported) return;
    }
    if (parent?.type === 'BinaryExpression' && /^[!=]==?$/.test(parent.operator)) return;
    if (parent?.type === 'CallExpression' && this.#isMaking(parent)) return;
    if (known.path === this.#file && parent?.type === 'NewExpression') {
      if (nameOf(parent.callee) === 'Worker') return;
      const [specifier] = parent.arguments;
      const given = this.#places.evaluate(specifier);
      // An address elsewhere, for which the place does not matter.
      if (nameOf(parent.callee) === 'URL' && given && 'text' in given) return;
    }
    const shown = place.type === 'Identifier' ? place.name : 'a path beside the code';
    if (known.path === this.#file) {
      this.#escape(place, shown, 'what is read from there cannot be followed', BESIDE);
      return;
    }
    this.#references.push({
      kind: 'path',
      target: known.path,
      literal,
      at: place.start,
      isOptional: false,
    });
  }

  /** @returns whether the specifier is known */
  #link(
    kind: 'import' | 'require',
    node: AnyNode,
    around: readonly AnyNode[],
    more: Pick<Reference, 'attributes'> = {},
  ): boolean {
    const known = this.#places.evaluate(node);
    if (known === undefined || !('text' in known)) return false;
    const isLiteral = node.type === 'Literal' || node.type === 'TemplateLiteral';
    this.#references.push({
      kind,
      target: known.text,
      literal: isLiteral ? [node.start, node.end] : undefined,
      at: node.start,
      isOptional: isCaught(around),
      ...more,
    });
    return true;
  }

  #escape(node: AnyNode, what: string, why: string, hint: string): void {
    const length = Math.min(node.end - node.start, what.length);
    this.#escapes.push({ at: node.start, length, message: `${what}: ${why}`, hint });
  }
}

/** The name and the value of a declaration or a default. */
function bindingOf(node: AnyNode): readonly [name?: string, value?: AnyNode | undefined] {
  if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier') {
    return [node.id.name, node.init ?? undefined];
  }
  if (node.type === 'AssignmentPattern' && node.left.type === 'Identifier') {
    return [node.left.name, node.right];
  }
  return [];
}

/** The literal of `new URL('./a.ts', import.meta.url)`. */
function literalOf(node: AnyNode): readonly [number, number] | undefined {
  if (node.type !== 'NewExpression') return undefined;
  const [specifier] = node.arguments;
  return specifier?.type === 'Literal' ? [specifier.start, specifier.end] : undefined;
}

/** Whether a failure to import is handled: it is in a try block, or a promise with a catch. */
function isCaught(around: readonly AnyNode[]): boolean {
  return around.some((node, i) => {
    if (node.type === 'TryStatement') return node.block === around[i + 1] && !!node.handler;
    return node.type === 'MemberExpression' && nameOf(node) === 'catch';
  });
}
