import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../core/checksummed-json.mjs';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { CodeFile, CodeSnapshot } from './code.ts';
import { CodeError, explainUnwritable } from './code-error.mjs';
import { isMissing, markUsed, prune, readSealed, sign, writeSealed } from './folder-store.mjs';
import { findInstallation, foldersUp } from './installation.ts';
import { findPackages, type ProjectPackages } from './project-packages.ts';
import {
  isComplete,
  isShared,
  outputPath,
  type ReadFile,
  writeSnapshot,
} from './write-snapshot.ts';

/** The project to freeze, and its folders besides src/ and stages/. */
export interface SnapshotRequest {
  readonly projectRoot: string;
  readonly folders?: readonly string[];
  /** Called when a file changed, while esbuild transpiles it. */
  readonly onEdit?: () => void;
}

interface SourceFile {
  readonly path: string;
  readonly signature: string;
}

/** The state of all files at the last start, so that the next one need not read them. */
interface Index {
  readonly format: number;
  /** Signature and version of the transpiler. */
  readonly tool: string;
  readonly toolVersion: string;
  readonly packages: ProjectPackages;
  readonly lockSignature: string | undefined;
  readonly snapshot: CodeSnapshot;
}

/** Increase when the format of index.json or of a snapshot changes. */
const FORMAT = 6;

/**
 * Freezes a project's source code: src/, stages/ and further folders. With nothing changed since last
 * time it stats the files and reads one index.
 *
 * @throws {CodeError} when a file does not parse or the cache cannot be written
 */
export async function takeSnapshot(
  request: SnapshotRequest,
  options: { readonly ignoreIndex?: boolean } = {},
): Promise<CodeSnapshot> {
  const { projectRoot, folders = [] } = request;
  const store = join(projectRoot, 'cache', 'code');
  const indexPath = join(store, ['index', ...folders, 'json'].join('.'));
  const sources = ['src', 'stages', ...folders]
    .flatMap((folder) => walk(projectRoot, folder))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const packages = findPackages(projectRoot);
  const lock = signLock(packages);
  const tool = signTranspiler();

  const index: Index | undefined = options.ignoreIndex ? undefined : readSealed(indexPath);
  const isUsable =
    index?.format === FORMAT && index.tool === tool && index.snapshot.projectRoot === projectRoot;
  if (isUsable) markUsed(store, index.snapshot.digest);
  const before = isUsable && isComplete(index.snapshot) ? index.snapshot : undefined;
  if (
    before !== undefined &&
    index !== undefined &&
    isUnchanged(sources, lock, index) &&
    JSON.stringify(packages) === JSON.stringify(index.packages)
  ) {
    return before;
  }

  const files = await readFiles(sources, before?.files ?? {}, request);
  const toolVersion = isUsable ? index.toolVersion : (await import('./transpile.ts')).version;
  const lockBytes = lock && readFileSync(lock.path);
  const lockDigest = lockBytes && sha256(lockBytes);
  const content = Object.entries(files).map(([path, file]) => [path, file.raw]);
  const basis = [FORMAT, toolVersion, packages.fallback, packages.hasContract];
  const source = digestOf([...basis, content.filter(([path]) => isShared(path))]);
  const digest = digestOf([...basis, lockDigest, content]);
  const snapshot: CodeSnapshot = {
    digest,
    folder: join(store, digest),
    projectRoot,
    lockDigest,
    files: Object.fromEntries(
      Object.entries(files).map(([path, { fresh: _, ...file }]) => [path, file]),
    ),
  };
  try {
    markUsed(store, digest);
    if (!isComplete(snapshot)) {
      const content = { snapshot, files, before: before?.folder, lockBytes, packages };
      if (!writeSnapshot(content, source))
        return await takeSnapshot(request, { ignoreIndex: true });
    }
  } catch (error) {
    throw explainUnwritable(error, store);
  }
  try {
    const lockSignature = lock?.signature;
    const now: Index = { format: FORMAT, tool, toolVersion, packages, lockSignature, snapshot };
    writeSealed(indexPath, now);
    prune(store, digest);
  } catch {
    // The snapshot is complete: without an index the next start is slower, and that is all.
  }
  return snapshot;
}

function digestOf(content: unknown): string {
  return sha256(JSON.stringify(content)).slice(0, 32);
}

function isUnchanged(
  sources: readonly SourceFile[],
  lock: SourceFile | undefined,
  index: Index,
): boolean {
  const before = index.snapshot.files;
  return (
    lock?.signature === index.lockSignature &&
    lock?.signature !== '' &&
    sources.length === Object.keys(before).length &&
    sources.every(
      ({ path, signature }) => signature !== '' && before[path]?.signature === signature,
    )
  );
}

/** Reads and transpiles what is new or changed. */
async function readFiles(
  sources: readonly SourceFile[],
  before: Readonly<Record<string, CodeFile>>,
  { projectRoot, onEdit }: SnapshotRequest,
): Promise<Record<string, ReadFile>> {
  const diagnostics: Diagnostic[] = [];
  const outputs = new Map<string, string>();
  let hasTranspiled = false;
  const entries = await Promise.all(
    sources.map(async ({ path, signature }): Promise<readonly [string, ReadFile]> => {
      const twin = outputs.get(outputPath(path));
      if (twin !== undefined) {
        const message = `'${path}' and '${twin}' would run as the same file`;
        diagnostics.push({ message, hint: 'remove or rename one of the two' });
      }
      outputs.set(outputPath(path), path);
      const old = before[path];
      if (signature !== '' && old?.signature === signature) return [path, old];
      const bytes = tryRead(join(projectRoot, path));
      if (!Buffer.isBuffer(bytes)) {
        return [path, broken(path, [unreadable(path, bytes)])];
      }
      const raw = sha256(bytes);
      if (old?.raw === raw) return [path, { ...old, signature }];
      // Loaded only when a file changed: it takes longer than all else here.
      const { transpile } = await import('./transpile.ts');
      const transpiled = transpile(path, bytes);
      if (!hasTranspiled) onEdit?.();
      hasTranspiled = true;
      const result = await transpiled;
      if ('diagnostics' in result) return [path, broken(raw, result.diagnostics)];
      const { output, map, ...facts } = result;
      return [path, { signature, raw, ...facts, fresh: { output, map } }];
    }),
  );
  if (hasTranspiled) await (await import('./transpile.ts')).stop();
  if (diagnostics.length > 0) throw new CodeError(diagnostics.sort(byFile));
  return Object.fromEntries(entries);
}

function tryRead(path: string): Buffer | NodeJS.ErrnoException {
  try {
    return readFileSync(path);
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
}

/** A file that stops only what imports it. Read again next time: it has no signature. */
function broken(content: string | Buffer, faults: readonly Diagnostic[]): ReadFile {
  const raw = sha256(content);
  const messages = faults.map(({ message, range }) => {
    return `${message}${range === undefined ? '' : ` (${range.file}:${range.line}:${range.column})`}`;
  });
  const output = `throw new SyntaxError(${JSON.stringify(messages.join('\n'))});\n`;
  const facts = { imports: [], packages: [], opaque: [], faults };
  return { signature: '', raw, code: raw, ...facts, fresh: { output, map: undefined } };
}

const READ_FAULTS: Readonly<Record<string, readonly [why: string, hint: string]>> = {
  ELOOP: ['is a symbolic link that leads to itself', 'remove that link'],
  EACCES: ['may not be read', 'make it readable for your user, or move it elsewhere'],
  EPERM: ['may not be read', 'make it readable for your user, or move it elsewhere'],
  ERR_FS_FILE_TOO_LARGE: ['is too large for source code', 'keep data outside of src/ and stages/'],
};

function unreadable(path: string, { code = '', message }: NodeJS.ErrnoException): Diagnostic {
  const [why, hint] = READ_FAULTS[code] ?? [`cannot be read: ${message}`, 'check that file'];
  return { message: `${path} ${why}`, hint };
}

function byFile(a: Diagnostic, b: Diagnostic): number {
  return (a.range?.file ?? '') < (b.range?.file ?? '') ? -1 : 1;
}

/** Every file below a folder with its signature. Hidden files and editors' backups are not source. */
function walk(root: string, folder: string): readonly SourceFile[] {
  const files: SourceFile[] = [];
  const pending = [folder];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    for (const entry of list(`${root}/${at}`)) {
      const path = `${at}/${entry.name}`;
      if (/^[.#]|~$|^node_modules$/.test(entry.name)) continue;
      if (entry.isDirectory()) pending.push(path);
      else {
        const signature = signAny(`${root}/${path}`);
        if (signature !== undefined) files.push({ path, signature });
      }
    }
  }
  return files;
}

/** Without a signature a file is read, which tells what is wrong with it. */
function signAny(path: string): string | undefined {
  try {
    return sign(path);
  } catch {
    return '';
  }
}

function list(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function signLock({ root }: ProjectPackages): SourceFile | undefined {
  if (root === undefined) return undefined;
  const path = join(root, 'package-lock.json');
  const signature = sign(path);
  return signature === undefined ? undefined : { path, signature };
}

/** The transpiler is part of what makes a snapshot; it may be installed beside this package. */
function signTranspiler(): string {
  for (const folder of foldersUp(findInstallation().root)) {
    const signature = sign(join(folder, 'node_modules/esbuild/package.json'));
    if (signature !== undefined) return signature;
  }
  return '';
}
