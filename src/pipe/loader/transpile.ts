import { createRequire, isBuiltin, SourceMap } from 'node:module';
import { posix } from 'node:path';
import type { TransformOptions } from 'esbuild';
import { sha256 } from '../core/checksummed-json.mjs';
import type { Diagnostic } from '../core/diagnostic.ts';
import { type CodeFile, USES_NOTHING } from './code.ts';
import { diagnoseSource } from './code-error.mjs';
import { isTyped, outputPath, type SourceKind } from './output-path.ts';
import { findReferences, type Reference } from './references.ts';
import type { ImportResolver } from './resolve.ts';
import { parseScript } from './syntax.ts';
import { findUnchecked, reshapesObjects } from './unchecked.ts';

type Facts = Omit<CodeFile, 'signature' | 'raw'>;

interface Transpiled extends Facts {
  readonly content: Buffer | string | undefined;
  readonly map: string | undefined;
}

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

const SCRIPT = /\.[mc]?[tj]s$/;

/**
 * Transpiles one source file and finds what it imports and reads. Files that are not scripts stay unchanged.
 *
 * @param kindOf the same of a file that it imports
 */
export async function transpile(
  source: SourceKind,
  bytes: Buffer,
  resolver: ImportResolver,
  kindOf: (path: string) => SourceKind,
): Promise<Transpiled> {
  const { path } = source;
  const output = outputPath(source);
  if (!SCRIPT.test(path) || path.endsWith('.d.ts')) {
    const unchecked = path.endsWith('.node') ? [posix.basename(path)] : [];
    return {
      ...USES_NOTHING,
      unchecked,
      code: sha256(bytes),
      output,
      content: bytes,
      map: undefined,
    };
  }
  const text = bytes.toString('utf8');
  const typed = isTyped(path);
  const loader = typed ? 'ts' : 'js';
  // TypeScript's own CommonJS: `import` and `export` become `require` and `exports`.
  const format = path.endsWith('.cts') ? ({ format: 'cjs' } as const) : {};
  try {
    const [readable, bare] = await Promise.all([
      typed
        ? esbuild.transform(text, {
            ...OPTIONS,
            ...format,
            loader,
            sourcemap: 'external',
            sourcesContent: false,
            sourcefile: posix.basename(path),
          })
        : { code: text, map: undefined },
      esbuild.transform(text, { ...OPTIONS, loader, minifyWhitespace: true }),
    ]);
    const linked = link({ source, code: readable.code, map: readable.map, resolver, kindOf });
    return { ...linked, code: sha256(bare.code), output, map: readable.map };
  } catch (error) {
    const refused = diagnoseSource(error, () => path);
    return {
      ...USES_NOTHING,
      code: sha256(bytes),
      output,
      refused,
      content: undefined,
      map: undefined,
    };
  }
}

interface LinkRequest {
  readonly source: SourceKind;
  readonly code: string;
  readonly map: string | undefined;
  readonly resolver: ImportResolver;
  readonly kindOf: (path: string) => SourceKind;
}

/** Points the imports of a script at what runs, and lists them. */
function link(request: LinkRequest): Omit<Transpiled, 'code' | 'output' | 'map'> {
  const { source, code, map } = request;
  const program = parseScript(code);
  const { references, escapes } = findReferences(source.path, program);
  const imports = new Set<string>();
  const packages = new Set<string>();
  const optional = new Set<string>();
  const builtins = new Set<string>();
  /** Modules that no file has. */
  const inline = new Set<string>();
  const refused: Diagnostic[] = escapes.map(({ at, length, message, hint }) => {
    return { message, range: { ...position(source.path, code, at, map), length }, hint };
  });
  const edits: (readonly [start: number, end: number, text: string])[] = [];
  for (const reference of references) {
    const range = { ...position(source.path, code, reference.at, map), length: 1 };
    if (reference.kind === 'path') takePath(reference, range);
    else takeImport(reference, reference.kind, range);
  }
  return {
    imports: [...imports].sort(),
    packages: [...packages].sort(),
    optional: [...optional].filter((name) => !packages.has(name)).sort(),
    builtins: [...builtins].sort(),
    unchecked: [
      ...findUnchecked(program, { packages: [...packages, ...optional], builtins }),
      ...inline,
    ],
    reshapes: reshapesObjects(program),
    refused,
    content: applyEdits(code, edits),
  };

  function takeImport(
    reference: Reference,
    kind: 'import' | 'require',
    range: NonNullable<Diagnostic['range']>,
  ): void {
    const { target: specifier, isOptional, attributes } = reference;
    if (isBuiltin(specifier)) {
      builtins.add(specifier.replace(/^node:/, ''));
      return;
    }
    const [scheme] = /^(data|https?):/.exec(specifier) ?? [];
    if (scheme !== undefined) {
      inline.add(scheme);
      return;
    }
    const target = request.resolver.resolve(source.path, kind, specifier);
    if ('package' in target) {
      (isOptional ? optional : packages).add(target.package);
      if (target.path !== undefined) rewrite(reference, target.path);
      return;
    }
    if ('missing' in target) {
      if (isOptional) return;
      const message = `'${source.path}' imports '${specifier}', which does not exist`;
      refused.push({ message, range, hint: 'correct the path, or create the file' });
      return;
    }
    imports.add(target.file);
    rewrite(reference, target.file);
    if (attributes === undefined || !target.file.endsWith('.json')) return;
    const text = attributes.isCall ? ', { with: { type: "json" } }' : ' with { type: "json" }';
    edits.push([attributes.at, attributes.at, text]);
  }

  function takePath(reference: Reference, range: NonNullable<Diagnostic['range']>): void {
    const { target } = reference;
    const there = request.resolver.filesAt(target);
    const path = posix.relative(posix.dirname(source.path), target);
    const beside = path.startsWith('..') ? path : `./${path}`;
    if (there === undefined) {
      const message = `'${source.path}' reads '${beside}', which does not exist`;
      refused.push({ message, range, hint: 'correct the path, or create it' });
    } else if (there.isFolder && `${source.path}/`.startsWith(target === '.' ? '' : `${target}/`)) {
      refused.push({
        message: `'${source.path}' reads from a folder that it is in itself, where every edit would count`,
        range,
        hint: "put what it reads into a folder of its own, and name that: new URL('./tables/', import.meta.url)",
      });
    } else if (!there.isFolder && isTyped(target) && reference.literal === undefined) {
      refused.push({
        message: `'${source.path}' names the script '${beside}' in a way that cannot be pointed at what runs`,
        range,
        hint: `write new URL('${beside}', import.meta.url)`,
      });
    } else {
      for (const file of there.files) imports.add(file);
      if (!there.isFolder) rewrite(reference, target);
    }
  }

  /** @param target from the project's root, or absolute */
  function rewrite({ literal, kind }: Reference, target: string): void {
    if (literal === undefined) return;
    const from = posix.dirname(outputPath(source));
    const to = posix.isAbsolute(target) ? target : outputPath(request.kindOf(target));
    const path = posix.isAbsolute(to) ? to : posix.relative(from, to);
    const specifier = /^[./]/.test(path) ? path : `./${path}`;
    const before = code.slice(...literal);
    const url = kind === 'path' ? encodeURI(specifier) : specifier;
    const quote = before[0];
    if (before === `${quote}${url}${quote}`) return;
    edits.push([...literal, `${quote}${url}${quote}`]);
  }
}

/** Replaces ranges; a shorter text is followed by spaces, so that source maps stay right. */
function applyEdits(
  code: string,
  edits: readonly (readonly [start: number, end: number, text: string])[],
): string {
  let at = 0;
  let output = '';
  for (const [start, end, text] of edits.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])) {
    if (start < at) continue;
    output += code.slice(at, start) + text.padEnd(end - start);
    at = end;
  }
  return output + code.slice(at);
}

function position(
  file: string,
  code: string,
  offset: number,
  map: string | undefined,
): { readonly file: string; readonly line: number; readonly column: number } {
  const before = code.slice(0, offset).split('\n');
  const line = before.length;
  const column = (before.at(-1) ?? '').length + 1;
  if (map === undefined) return { file, line, column };
  const entry = new SourceMap(JSON.parse(map)).findEntry(line - 1, column - 1);
  return 'originalLine' in entry
    ? { file, line: entry.originalLine + 1, column: entry.originalColumn + 1 }
    : { file, line, column };
}
