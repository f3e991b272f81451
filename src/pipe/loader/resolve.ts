import fs, { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { CachedInputFileSystem, type Resolver, ResolverFactory } from 'enhanced-resolve';
import { foldersUp } from './installation.ts';
import { probe } from './probe.ts';

/** What a specifier stands for. */
export type Target =
  /** A file of the project, of a linked package or beside the code; path from the project's root. */
  | { readonly file: string }
  /** An installed package; `path` where the name alone does not lead to it. */
  | { readonly package: string; readonly path?: string }
  | { readonly missing: true };

/** TypeScript names a file by what it will be compiled to. */
const ALIASES = { '.js': ['.js', '.ts'], '.mjs': ['.mjs', '.mts'], '.cjs': ['.cjs', '.cts'] };

/** Finds what the imports of a project's files stand for, and notes what that depends on. */
export class ImportResolver {
  /** Signature of every file and folder that decided where an import leads; `null` where there is none. */
  readonly watched: Record<string, string | null> = {};
  readonly #root: string;
  readonly #files = new CachedInputFileSystem(fs, 60_000);
  readonly #resolvers = new Map<string, Resolver>();
  readonly #configs = new Map<string, string | undefined>();

  constructor(root: string) {
    this.#root = root;
  }

  resolve(file: string, kind: 'import' | 'require', specifier: string): Target {
    const from = dirname(join(this.#root, file));
    const context = { fileDependencies: new Set<string>(), missingDependencies: new Set<string>() };
    const isNamed = !/^(\.{0,2}\/|\.{1,2}$|#)/.test(specifier);
    const name = isNamed ? packageOf(specifier) : undefined;
    let path: string | false | undefined;
    // Called at once. Its text for people has no one meaning if a folder's name has ? or # in it.
    this.#resolver(from, kind).resolve({}, from, specifier, context, (error, _, request) => {
      if (error === null) path = request?.path;
    });
    if (path === false) return { missing: true };
    if (path === undefined) {
      this.#watch([...context.missingDependencies]);
      return name === undefined ? { missing: true } : { package: name };
    }
    const owner = installedName(this.#root, path);
    if (owner === undefined) {
      this.#watch([...context.fileDependencies, ...context.missingDependencies]);
      return { file: this.#show(path) };
    }
    // The lock file tells of what is in node_modules; that a link is there instead is told by this.
    if (name !== undefined) return { package: name };
    this.#watch([...context.fileDependencies, ...context.missingDependencies]);
    return { package: owner, path };
  }

  /**
   * The files at a path: the file itself, or all of a folder.
   * @returns `undefined` if there is nothing
   */
  filesAt(
    path: string,
  ): { readonly isFolder: boolean; readonly files: readonly string[] } | undefined {
    const absolute = join(this.#root, path);
    const stats = statSync(absolute, { throwIfNoEntry: false });
    this.#watch([absolute]);
    if (stats === undefined) return undefined;
    if (!stats.isDirectory()) return { isFolder: false, files: [path] };
    return { isFolder: true, files: [...this.#filesIn(path)] };
  }

  *#filesIn(folder: string): Generator<string> {
    const absolute = join(this.#root, folder);
    this.#watch([absolute]);
    const entries = readdirSync(absolute, { withFileTypes: true });
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      if (/^[.#]|~$|^node_modules$/.test(entry.name)) continue;
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) yield* this.#filesIn(path);
      else if (statSync(join(this.#root, path), { throwIfNoEntry: false })?.isFile()) yield path;
    }
  }

  #resolver(folder: string, kind: 'import' | 'require'): Resolver {
    const config = this.#configFor(folder);
    const key = `${kind} ${config}`;
    const known = this.#resolvers.get(key);
    if (known !== undefined) return known;
    const extensions = ['.js', '.json', '.node', '.cjs', '.mjs', '.ts', '.cts', '.mts'];
    const resolver = ResolverFactory.createResolver({
      fileSystem: this.#files,
      useSyncFileSystemCalls: true,
      conditionNames: ['node', kind],
      // In TypeScript a name without an extension is first of all that of TypeScript.
      extensions: kind === 'import' ? ['.ts', '.mts', ...extensions] : extensions,
      extensionAlias: ALIASES,
      mainFields: ['main'],
      ...(config === undefined ? {} : { tsconfig: config }),
    });
    this.#resolvers.set(key, resolver);
    return resolver;
  }

  /** The nearest tsconfig.json. */
  #configFor(folder: string): string | undefined {
    if (this.#configs.has(folder)) return this.#configs.get(folder);
    const path = join(folder, 'tsconfig.json');
    const isTop = folder === dirname(folder);
    const config = existsSync(path) ? path : isTop ? undefined : this.#configFor(dirname(folder));
    if (folder.startsWith(this.#root) || config === path) this.#watch([path]);
    this.#configs.set(folder, config);
    return config;
  }

  #watch(paths: readonly string[]): void {
    for (const path of paths) {
      // Sources have signatures of their own; folders above the project change all the time.
      if (Object.hasOwn(this.watched, path) || this.#root.startsWith(path)) continue;
      this.watched[path] = probe(path);
    }
  }

  #show(path: string): string {
    return relative(this.#root, path).split(sep).join('/');
  }
}

/** `a/b` -> `a`, `@s/a/b` -> `@s/a` */
function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** The package that a file was installed with; `undefined` of a source, e.g. of a package that is a link. */
function installedName(root: string, path: string): string | undefined {
  const within = relative(root, path);
  const isBelow = !within.startsWith('..') && !isAbsolute(within);
  const parts = (isBelow ? within : path).split(sep);
  const at = parts.lastIndexOf('node_modules');
  return at === -1 ? undefined : packageOf(parts.slice(at + 1).join('/'));
}

/** The nearest package.json upward, and whether `.js` files beside it are modules. */
export function scopeOf(
  file: string,
): { readonly path: string; readonly type: string } | undefined {
  for (const folder of foldersUp(dirname(file))) {
    const path = join(folder, 'package.json');
    if (!existsSync(path)) continue;
    try {
      const { type } = JSON.parse(fs.readFileSync(path, 'utf8')) as { readonly type?: string };
      return { path, type: type === 'module' ? 'module' : 'commonjs' };
    } catch {
      return { path, type: 'commonjs' };
    }
  }
  return undefined;
}
