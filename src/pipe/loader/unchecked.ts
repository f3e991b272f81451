import type { AnyNode, Program } from 'acorn';
import { nameOf } from './places.ts';
import { isReference, type Site, walk } from './syntax.ts';

/** What a script imports from outside of the project. */
interface Used {
  /** Names of packages. */
  readonly packages: Iterable<string>;
  /** Modules of Node, without `node:`. */
  readonly builtins: Iterable<string>;
}

/** A text as the set of its words. */
function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

/**
 * Modules of Node that keep nothing but what can be seen: their exports, and work that keeps the process
 * alive. Others have settings, hooks or servers that outlive who made them.
 */
const VISIBLE_BUILTINS = words(`
  assert assert/strict buffer child_process console constants crypto events fs fs/promises os
  path path/posix path/win32 process punycode querystring readline readline/promises stream
  stream/promises string_decoder timers timers/promises url util util/types zlib
`);

/** Names by which code changes what cannot be seen, or goes on unseen: none of it may be in a script. */
const HIDDEN = words(`
  unref persistent waitAsync FinalizationRegistry eval Function getBuiltinModule binding
  dlopen mainModule defaultOptions defaultMaxListeners INSPECT_MAX_BYTES
  setDefaultHighWaterMark setUncaughtExceptionCaptureCallback setSourceMapsEnabled setEngine
  setFips setPriority setuid setgid setgroups seteuid setegid
`);

/** Names by which code changes a property, or an object, in another way than by assigning to it. */
const RESHAPING = words(`
  defineProperty defineProperties __defineGetter__ __defineSetter__ __proto__ setPrototypeOf
  freeze seal preventExtensions Reflect
`);

/** What makes schemas in zod; its settings and registries are not among it. */
const SCHEMAS = words(`
  any array base64 bigint boolean coerce cuid2 custom date discriminatedUnion email enum file
  float32 float64 guid instanceof int int32 int64 intersection ipv4 ipv6 iso json keyof lazy
  literal looseObject map nan nanoid nativeEnum never null nullable nullish number object
  optional partialRecord pipe prefault preprocess readonly record refine set strictObject
  string stringbool success superRefine symbol templateLiteral transform tuple uint32 uint64
  ulid undefined union unknown url uuid uuidv4 void
`);

/** Packages that keep nothing as long as no more of them is used than this. */
const VISIBLE_PACKAGES: Readonly<Record<string, ReadonlySet<string>>> = {
  zod: SCHEMAS,
  '@shatter/pipe': new Set(['defineStage']),
};

/** Whether a script may change what objects are in another way than by assigning to their properties. */
export function reshapesObjects(program: Program): boolean {
  return [...walk(program)].some(({ node }) => RESHAPING.has(writtenName(node) ?? ''));
}

/**
 * What a script uses that may leave something in its process which nobody can see afterwards: packages, modules
 * of Node and single functions. Its own variables are not among it: they are thrown away with its modules.
 */
export function findUnchecked(program: Program, { packages, builtins }: Used): readonly string[] {
  const sites = [...walk(program)];
  const unchecked = new Set<string>();
  for (const name of builtins) if (!VISIBLE_BUILTINS.has(name)) unchecked.add(`node:${name}`);
  for (const name of packages) if (!usesOnly(sites, name)) unchecked.add(name);
  for (const { node } of sites) {
    const name = writtenName(node);
    if (name !== undefined && HIDDEN.has(name)) unchecked.add(name);
  }
  return [...unchecked].sort();
}

function writtenName(node: AnyNode): string | undefined {
  if (node.type === 'Identifier') return node.name;
  return node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;
}

/** Whether of a package only what is known to keep nothing is used, by imports that say so. */
function usesOnly(sites: readonly Site[], name: string): boolean {
  const visible = Object.hasOwn(VISIBLE_PACKAGES, name) ? VISIBLE_PACKAGES[name] : undefined;
  if (visible === undefined) return false;
  const mentions = sites.filter(({ node }) => {
    const text = writtenName(node);
    return text === name || text?.startsWith(`${name}/`) === true;
  });
  // One of them at least: otherwise it has another name here.
  if (mentions.length === 0) return false;
  return mentions.every(({ around }) => {
    const parent = around.at(-1);
    return parent?.type === 'ImportDeclaration' && parent.specifiers.every(isVisible);
  });

  function isVisible(specifier: AnyNode): boolean {
    if (specifier.type === 'ImportSpecifier') {
      const imported = nameOf(specifier.imported) ?? '';
      if (imported !== 'z' && imported !== 'default') return visible?.has(imported) ?? false;
    }
    const { name: local } = (specifier as { readonly local: { readonly name: string } }).local;
    return sites.every((site) => {
      if (site.node.type !== 'Identifier' || site.node.name !== local) return true;
      if (!isReference(site)) return site.around.at(-1)?.type !== 'ExportSpecifier';
      const parent = site.around.at(-1);
      const member = parent?.type === 'MemberExpression' ? nameOf(parent) : undefined;
      return member !== undefined && (visible?.has(member) ?? false);
    });
  }
}
