import { createRequire, isBuiltin, SourceMap } from 'node:module';
import { posix } from 'node:path';
import { sha256 } from '../core/sealed.mjs';
import { isTyped } from './store.mjs';

/** @import { CodePosition } from './code.ts' */
/** @import { Diagnostic } from '../core/diagnostic.ts' */
/** @import { TransformOptions } from 'esbuild' */

/**
 * @typedef {{
 *   code: string, imports: string[], packages: string[], opaque: CodePosition[],
 *   output: Buffer | string, map: string | undefined,
 * }} Transpiled
 */

// Its one large file takes three times as long to import as to require.
const esbuild = /** @type {typeof import('esbuild')} */ (createRequire(import.meta.url)('esbuild'));

/** `stop` ends esbuild's helper process, which otherwise lives as long as this one. */
export const { stop, version } = esbuild;

/** @type {TransformOptions} */
const OPTIONS = {
  target: 'node20.19',
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'silent',
  // Without it esbuild drops imports that look unused, and with them their side effects.
  tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
};

const SCRIPT = /\.(ts|mts|js|mjs|cjs)$/;

/**
 * Turns one source file into what runs, and says what it imports. Files that are not scripts stay
 * as they are.
 * @param {string} path
 * @param {Buffer} bytes
 * @returns {Promise<Transpiled | { diagnostics: Diagnostic[] }>}
 */
export async function transpile(path, bytes) {
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
    return { diagnostics: diagnose(path, error) };
  }
}

async function loadLexer() {
  const { init, parse } = await import('es-module-lexer');
  await init;
  return parse;
}

/**
 * Finds what a script links to, and points it at `.js` where it said `.ts`: the same number of
 * characters, so the source map stays right.
 * @param {typeof import('es-module-lexer').parse} parse
 * @param {string} path
 * @param {string} code
 * @param {string | undefined} map
 */
function readLinks(parse, path, code, map) {
  /** @type {Set<string>} */
  const imports = new Set();
  /** @type {Set<string>} */
  const packages = new Set();
  /** @type {CodePosition[]} */
  const opaque = [];
  const output = [...splitSpecifiers()].join('');
  for (const [, name] of code.matchAll(/\brequire\(\s*["']([^"']+)["']\s*\)/g)) {
    if (!name.startsWith('.')) link(name);
  }
  return { output, imports: [...imports].sort(), packages: [...packages].sort(), opaque };

  function* splitSpecifiers() {
    let from = 0;
    for (const found of parse(code)[0]) {
      /** @type {[number, number] | undefined} */
      let at;
      if (found.type === 'import-meta') at = assetBefore(code, found.start);
      else if (found.specifier === undefined || ('glob' in found && found.glob)) {
        opaque.push(originalPosition(code, found.importStart, map));
      } else at = [found.start, found.end];
      if (at === undefined) continue;
      const quoted = code.slice(...at);
      link(quoted.replace(/^["'`]|["'`]$/g, ''));
      yield code.slice(from, at[0]);
      yield quoted.replace(/^(["'`]?\..*)\.(m?)ts(["'`]?)$/, '$1.$2js$3');
      from = at[1];
    }
    yield code.slice(from);
  }

  /** @param {string} specifier */
  function link(specifier) {
    if (specifier.startsWith('.')) imports.add(posix.join(posix.dirname(path), specifier));
    else if (!isBuiltin(specifier)) {
      packages.add(specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/'));
    }
  }
}

/**
 * `new URL('./worker.ts', import.meta.url)` is an import by another name: the range of its
 * specifier, if that is what stands before this `import.meta`.
 * @param {string} code
 * @param {number} meta
 * @returns {[number, number] | undefined}
 */
function assetBefore(code, meta) {
  if (!code.startsWith('.url', meta + 'import.meta'.length)) return undefined;
  const match = /\bnew URL\(\s*(["'`])(\.\.?\/[^"'`$]+)\1\s*,\s*$/.exec(
    code.slice(Math.max(0, meta - 500), meta),
  );
  if (match === null) return undefined;
  const end = meta - match[0].length + match[0].lastIndexOf(match[1]);
  // A folder, such as the root, is not a file that could be part of the import graph.
  return /\.\w+$/.test(match[2]) ? [end - match[2].length, end] : undefined;
}

/**
 * @param {string} code
 * @param {number} offset
 * @param {string | undefined} map
 * @returns {CodePosition}
 */
function originalPosition(code, offset, map) {
  const before = code.slice(0, offset).split('\n');
  const line = before.length;
  const column = (before.at(-1) ?? '').length + 1;
  if (map === undefined) return { line, column };
  const entry = new SourceMap(JSON.parse(map)).findEntry(line - 1, column - 1);
  return 'originalLine' in entry
    ? { line: entry.originalLine + 1, column: entry.originalColumn + 1 }
    : { line, column };
}

/**
 * @param {string} path
 * @param {unknown} error
 * @returns {Diagnostic[]}
 */
function diagnose(path, error) {
  const failure = /** @type {Partial<import('esbuild').TransformFailure>} */ (error);
  if (!failure.errors || failure.errors.length === 0) throw error;
  return failure.errors.map(({ text, location }) => {
    if (!location) return { message: text, range: { file: path, line: 1, column: 1, length: 1 } };
    // esbuild counts columns in bytes.
    const line = Buffer.from(location.lineText);
    /** @param {number} from @param {number} to */
    const width = (from, to) => line.subarray(from, to).toString('utf8').length;
    return {
      message: text.charAt(0).toLowerCase() + text.slice(1),
      range: {
        file: path,
        line: location.line,
        column: width(0, location.column) + 1,
        length: Math.max(1, width(location.column, location.column + location.length)),
      },
    };
  });
}
