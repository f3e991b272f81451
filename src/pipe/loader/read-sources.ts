import { readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { sha256 } from '../core/checksummed-json.mjs';
import type { Diagnostic } from '../core/diagnostic.ts';
import { type CodeFile, USES_NOTHING } from './code.ts';
import { outputPath, type SourceKind } from './output-path.ts';
import { probe, signAny } from './probe.ts';
import { ImportResolver, scopeOf } from './resolve.ts';
import { stop, transpile } from './transpile.ts';
import type { ReadFile } from './write-snapshot.ts';

interface Sources {
  /** Sorted by path. */
  readonly files: Readonly<Record<string, ReadFile>>;
  readonly watched: Readonly<Record<string, string | null>>;
  /** Type of the package.json files that decide about `.js` files, by folder from the project's root. */
  readonly scopes: Readonly<Record<string, string>>;
}

/**
 * Reads and transpiles what is reached from some files; of what did not change the former facts are taken.
 */
export async function readSources(
  { projectRoot, onEdit }: { readonly projectRoot: string; readonly onEdit?: () => void },
  entries: readonly string[],
  before: Readonly<Record<string, CodeFile>>,
): Promise<Sources> {
  const resolver = new ImportResolver(projectRoot);
  const scopes: Record<string, string> = {};
  const kinds = new Map<string, SourceKind>();
  const files = new Map<string, ReadFile | undefined>();
  let hasTranspiled = false;

  for (let pending = [...entries]; pending.length > 0; ) {
    for (const path of pending) files.set(path, undefined);
    const read = await Promise.all(
      pending.map(async (path) => [path, await readOne(path)] as const),
    );
    const next = new Set<string>();
    for (const [path, file] of read) {
      files.set(path, file);
      for (const imported of file?.imports ?? []) if (!files.has(imported)) next.add(imported);
    }
    pending = [...next];
  }
  if (hasTranspiled) await stop();
  const all = [...files].flatMap(([path, file]) =>
    file === undefined ? [] : [[path, file] as const],
  );
  refuseTwins(all);
  return {
    files: Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1))),
    watched: resolver.watched,
    scopes,
  };

  /** `undefined` if it has vanished. */
  async function readOne(path: string): Promise<ReadFile | undefined> {
    const kind = kindOf(path);
    const signature = signAny(join(projectRoot, path));
    if (signature === undefined) return undefined;
    const old = before[path];
    if (signature !== '' && old?.signature === signature) return old;
    const bytes = tryRead(join(projectRoot, path));
    if (!Buffer.isBuffer(bytes)) return broken(kind, unreadable(path, bytes));
    const raw = sha256(bytes);
    if (old?.raw === raw) return { ...old, signature };
    const transpiled = transpile(kind, bytes, resolver, kindOf);
    if (!hasTranspiled) onEdit?.();
    hasTranspiled = true;
    const { content, map, ...facts } = await transpiled;
    return { signature, raw, ...facts, fresh: { content, map } };
  }

  function kindOf(path: string): SourceKind {
    const folder = posix.dirname(path);
    const known = kinds.get(folder);
    if (known !== undefined) return { ...known, path };
    const scope = scopeOf(join(projectRoot, path));
    const type = scope?.type === 'commonjs' ? 'commonjs' : 'module';
    if (scope !== undefined) {
      resolver.watched[scope.path] ??= probe(scope.path);
      const at = relative(projectRoot, dirname(scope.path)).split(sep).join('/') || '.';
      // One above the project is that of the project.
      scopes[/^\.\.(\/\.\.)*$/.test(at) && !path.startsWith('..') ? '.' : at] = type;
    }
    const kind: SourceKind = { path, scope: type };
    kinds.set(folder, kind);
    return kind;
  }
}

function tryRead(path: string): Buffer | NodeJS.ErrnoException {
  try {
    return readFileSync(path);
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
}

/** A file that stops only what reaches it. Read again next time: it has no signature. */
function broken(kind: SourceKind, fault: Diagnostic): ReadFile {
  const raw = sha256(fault.message);
  const facts = { ...USES_NOTHING, refused: [fault] };
  const fresh = { content: undefined, map: undefined };
  return { signature: '', raw, code: raw, output: outputPath(kind), ...facts, fresh };
}

const READ_FAULTS: Readonly<Record<string, readonly [why: string, hint: string]>> = {
  ELOOP: ['is a symbolic link that leads to itself', 'remove that link'],
  EACCES: ['may not be read', 'make it readable for your user, or move it elsewhere'],
  EPERM: ['may not be read', 'make it readable for your user, or move it elsewhere'],
  ERR_FS_FILE_TOO_LARGE: ['is too large for source code', 'let it be an input of a stage instead'],
};

function unreadable(path: string, { code = '', message }: NodeJS.ErrnoException): Diagnostic {
  const [why, hint] = READ_FAULTS[code] ?? [`cannot be read: ${message}`, 'check that file'];
  return { message: `${path} ${why}`, hint };
}

/** Two files that would lie at one place of a snapshot cannot both run. */
function refuseTwins(all: (readonly [string, ReadFile])[]): void {
  const byOutput = new Map<string, string>();
  for (const [i, [path, file]] of all.entries()) {
    const twin = byOutput.get(file.output);
    byOutput.set(file.output, path);
    if (twin === undefined) continue;
    const message = `'${path}' and '${twin}' would run as the same file`;
    const hint = 'remove or rename one of the two';
    all[i] = [path, { ...file, refused: [...file.refused, { message, hint }] }];
  }
}
