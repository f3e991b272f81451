import { createRequire, isBuiltin, SourceMap } from 'node:module';
import { posix } from 'node:path';
import type { TransformOptions } from 'esbuild';
import { sha256 } from '../core/checksummed-json.mjs';
import type { Diagnostic } from '../core/diagnostic.ts';

import type { CodePosition } from './code.ts';
import { diagnoseSource } from './code-error.mjs';
import { isTyped } from './write-snapshot.ts';

interface Transpiled {
  readonly code: string;
  readonly imports: readonly string[];
  readonly packages: readonly string[];
  readonly opaque: readonly CodePosition[];
  readonly output: Buffer | string;
  readonly map: string | undefined;
}

type Parse = typeof import('es-module-lexer').parse;

// Its one large file takes three times as long to import as to require.
const esbuild = createRequire(import.meta.url)('esbuild') as typeof import('esbuild');

/** `stop` ends esbuild's helper process, which otherwise lives as long as this one. */
export const { stop, version } = esbuild;

const OPTIONS: TransformOptions = {
  target: 'node20.19',
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'silent',
  // Without it esbuild drops imports that look unused, and with them their side effects.
  tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
};

const SCRIPT = /\.(ts|mts|js|mjs|cjs)$/;

/**
 * Transpiles one source file and lists its imports. Files that are not scripts stay unchanged.
 */
export async function transpile(
  path: string,
  bytes: Buffer,
): Promise<Transpiled | { readonly diagnostics: readonly Diagnostic[] }> {
  if (!SCRIPT.test(path) || path.endsWith('.d.ts')) {
    return {
      code: sha256(bytes),
      imports: [],
      packages: [],
      opaque: [],
      output: bytes,
      map: undefined,
    };
  }
  const source = bytes.toString('utf8');
  const typed = isTyped(path);
  const loader = typed ? 'ts' : 'js';
  try {
    const [readable, bare, parse] = await Promise.all([
      typed
        ? esbuild.transform(source, {
            ...OPTIONS,
            loader,
            sourcemap: 'external',
            sourcesContent: false,
            sourcefile: posix.basename(path),
          })
        : { code: source, map: undefined },
      esbuild.transform(source, { ...OPTIONS, loader, minifyWhitespace: true }),
      // Loaded while esbuild's helper process starts.
      loadLexer(),
    ]);
    const links = readLinks(parse, path, readable.code, readable.map);
    return {
      code: sha256(bare.code),
      imports: links.imports,
      packages: links.packages,
      opaque: links.opaque,
      output: links.output,
      map: readable.map,
    };
  } catch (error) {
    return { diagnostics: diagnoseSource(error, () => path) };
  }
}

async function loadLexer(): Promise<Parse> {
  const { init, parse } = await import('es-module-lexer');
  await init;
  return parse;
}

/**
 * Finds the imports of a script, and points them at `.js` instead of `.ts`: the same number of
 * characters, so the source map stays valid.
 */
function readLinks(
  parse: Parse,
  path: string,
  code: string,
  map: string | undefined,
): Pick<Transpiled, 'imports' | 'packages' | 'opaque'> & { readonly output: string } {
  const imports = new Set<string>();
  const packages = new Set<string>();
  const opaque: CodePosition[] = [];
  const output = [...splitSpecifiers()].join('');
  for (const [, name] of code.matchAll(/\brequire\(\s*["']([^"']+)["']\s*\)/g)) {
    if (!name.startsWith('.')) link(name);
  }
  return { output, imports: [...imports].sort(), packages: [...packages].sort(), opaque };

  function* splitSpecifiers(): Generator<string> {
    let from = 0;
    for (const reference of parse(code)[0]) {
      let at: readonly [number, number] | undefined;
      if (reference.type === 'import-meta') at = assetBefore(code, reference.start);
      else if (reference.specifier === undefined || ('glob' in reference && reference.glob)) {
        opaque.push(originalPosition(code, reference.importStart, map));
      } else at = [reference.start, reference.end];
      if (at === undefined) continue;
      const quoted = code.slice(...at);
      link(quoted.replace(/^["'`]|["'`]$/g, ''));
      yield code.slice(from, at[0]);
      yield quoted.replace(/^(["'`]?\..*)\.(m?)ts(["'`]?)$/, '$1.$2js$3');
      from = at[1];
    }
    yield code.slice(from);
  }

  function link(specifier: string): void {
    if (specifier.startsWith('.')) imports.add(posix.join(posix.dirname(path), specifier));
    else if (!isBuiltin(specifier)) {
      packages.add(specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/'));
    }
  }
}

/**
 * `new URL('./worker.ts', import.meta.url)` is an import by another name: the range of its
 * specifier, if that is what stands before this `import.meta`.
 */
function assetBefore(code: string, meta: number): readonly [number, number] | undefined {
  if (!code.startsWith('.url', meta + 'import.meta'.length)) return undefined;
  const match = /\bnew URL\(\s*(["'`])(\.\.?\/[^"'`$]+)\1\s*,\s*$/.exec(
    code.slice(Math.max(0, meta - 500), meta),
  );
  if (match === null) return undefined;
  const end = meta - match[0].length + match[0].lastIndexOf(match[1]);
  // A folder, such as the root, is not a file that could be part of the import graph.
  return /\.\w+$/.test(match[2]) ? [end - match[2].length, end] : undefined;
}

function originalPosition(code: string, offset: number, map: string | undefined): CodePosition {
  const before = code.slice(0, offset).split('\n');
  const line = before.length;
  const column = (before.at(-1) ?? '').length + 1;
  if (map === undefined) return { line, column };
  const entry = new SourceMap(JSON.parse(map)).findEntry(line - 1, column - 1);
  return 'originalLine' in entry
    ? { line: entry.originalLine + 1, column: entry.originalColumn + 1 }
    : { line, column };
}
