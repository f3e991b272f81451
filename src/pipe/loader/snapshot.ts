import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { cacheFolder } from '../core/cache-folder.ts';
import { sha256 } from '../core/checksummed-json.mjs';
import type { CodeSnapshot, PackageGraphs } from './code.ts';
import { explainUnwritable } from './code-error.mjs';
import { markUsed, prune, readSealed, sign, writeSealed } from './folder-store.mjs';
import { findInstallation, foldersUp } from './installation.ts';
import { findLock, readLock } from './lock-files.ts';
import { isTyped } from './output-path.ts';
import { probe, signAny } from './probe.ts';
import { hasContract } from './project-packages.ts';
import { isComplete, writeSnapshot } from './write-snapshot.ts';

/** The project to freeze. */
export interface SnapshotRequest {
  readonly projectRoot: string;
  /** Files to start from, by path from the root; without any the stages. */
  readonly entries?: readonly string[];
  /** Called when a file changed, while esbuild transpiles it. */
  readonly onEdit?: () => void;
}

/** The state of all files at the last start, so that the next one need not read them. */
interface Index {
  readonly format: number;
  /** Signature and version of the transpiler. */
  readonly tool: string;
  readonly toolVersion: string;
  readonly hasContract: boolean;
  /** Signature of all that decides where imports lead: `null` of what must not be there. */
  readonly watched: Readonly<Record<string, string | null>>;
  readonly snapshot: CodeSnapshot;
}

/** Increase when the format of index.json or of a snapshot changes. */
const FORMAT = 8;

/**
 * Freezes a project's code: the stages, and every file that they import or read. With nothing changed
 * since last time it stats the files and reads one index.
 *
 * @throws {CodeError} when a lock file cannot be read or the cache cannot be written
 */
export async function takeSnapshot(
  request: SnapshotRequest,
  options: { readonly ignoreIndex?: boolean } = {},
): Promise<CodeSnapshot> {
  const { projectRoot } = request;
  const store = join(cacheFolder(projectRoot), 'code');
  const entries = request.entries ?? listScripts(projectRoot).toSorted();
  const groups = list(join(projectRoot, 'stages'))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .filter((name) => signAny(join(projectRoot, 'stages', name, 'group.yaml')) !== undefined)
    .sort();
  const name = request.entries?.join().replaceAll('/', '-');
  const indexPath = join(store, name === undefined ? 'index.json' : `index.${name}.json`);
  const tool = signTranspiler();
  const brings = hasContract(projectRoot);

  const index: Index | undefined = options.ignoreIndex ? undefined : readSealed(indexPath);
  const isUsable =
    index?.format === FORMAT &&
    index.tool === tool &&
    index.snapshot.projectRoot === projectRoot &&
    dirname(index.snapshot.folder) === store;
  if (isUsable) markUsed(store, index.snapshot.digest);
  const before = isUsable && isComplete(index.snapshot) ? index.snapshot : undefined;
  const isResolved = isUsable && index.hasContract === brings && isAsBefore(index.watched);
  const isSame =
    JSON.stringify([before?.entries, before?.groups]) === JSON.stringify([entries, groups]);
  if (before !== undefined && isResolved && isSame && isUnchanged(before)) return before;

  const { readSources } = await import('./read-sources.ts');
  const known = isResolved ? (before?.files ?? {}) : {};
  const { files, watched, scopes } = await readSources(request, entries, known);
  const all = { ...(isResolved ? index?.watched : {}), ...watched };
  const { locks, graphs } = await readLocks(projectRoot, Object.keys(files), all);
  const toolVersion = isUsable ? index.toolVersion : (await import('./transpile.ts')).version;
  const content = Object.entries(files).map(([path, { raw, output }]) => [path, raw, output]);
  const basis = [FORMAT, toolVersion, brings, entries, groups, locks, graphs, scopes, content];
  const digest = sha256(
    JSON.stringify([basis, existsSync(join(projectRoot, 'node_modules'))]),
  ).slice(0, 32);
  const snapshot: CodeSnapshot = {
    digest,
    folder: join(store, digest),
    projectRoot,
    entries,
    groups,
    files: Object.fromEntries(
      Object.entries(files).map(([path, { fresh: _, ...file }]) => [path, file]),
    ),
    locks,
  };
  try {
    markUsed(store, digest);
    if (!isComplete(snapshot)) {
      const content = {
        snapshot,
        files,
        before: before?.folder,
        graphs,
        scopes,
        hasContract: brings,
      };
      if (!writeSnapshot(content)) return await takeSnapshot(request, { ignoreIndex: true });
    }
  } catch (error) {
    throw explainUnwritable(error, store);
  }
  try {
    const now: Index = {
      format: FORMAT,
      tool,
      toolVersion,
      hasContract: brings,
      watched: all,
      snapshot,
    };
    writeSealed(indexPath, now);
    prune(store, digest);
  } catch {
    // The snapshot is complete: without an index the next start is slower, and that is all.
  }
  return snapshot;
}

function isUnchanged({ projectRoot, files }: CodeSnapshot): boolean {
  for (const [path, { signature }] of Object.entries(files)) {
    if (signature === '' || sign(`${projectRoot}/${path}`) !== signature) return false;
  }
  return true;
}

function isAsBefore(watched: Index['watched']): boolean {
  for (const [path, signature] of Object.entries(watched)) {
    if (signature === '' || probe(path) !== signature) return false;
  }
  return true;
}

/** Every script below stages/. Hidden files and editors' backups are none, and links of folders are not followed. */
function listScripts(root: string, folder = 'stages'): readonly string[] {
  return list(`${root}/${folder}`).flatMap((entry): readonly string[] => {
    const path = `${folder}/${entry.name}`;
    if (/^[.#]|~$|^node_modules$/.test(entry.name)) return [];
    if (entry.isDirectory()) return listScripts(root, path);
    const isScript = isTyped(path) && signAny(`${root}/${path}`) !== undefined;
    return isScript ? [path] : [];
  });
}

/** What is in a folder; a folder that cannot be read stops only what needs a stage in it. */
function list(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/**
 * Finds the lock file of every folder that has a file.
 * @param watched where what was read is noted
 */
async function readLocks(
  root: string,
  files: readonly string[],
  watched: Record<string, string | null>,
): Promise<{ readonly locks: Record<string, string>; readonly graphs: PackageGraphs }> {
  const locks: Record<string, string> = {};
  const paths = new Map<string, string>();
  const absent = new Set<string>();
  const folders = new Set(files.map((path) => posix.dirname(path)));
  for (const folder of [...folders].sort()) {
    const path = findLock(join(root, folder), absent);
    if (path === undefined) continue;
    locks[folder] = relative(root, path).split(sep).join('/');
    paths.set(locks[folder], path);
  }
  for (const path of absent) watched[path] = null;
  const graphs: Record<string, PackageGraphs[string]> = {};
  for (const [shown, path] of paths) {
    for (const one of [path, join(dirname(path), 'package.json')]) watched[one] = probe(one);
    graphs[shown] = await readLock(path, shown);
  }
  return { locks, graphs };
}

/** The transpiler is part of what makes a snapshot; it may be installed beside this package. */
function signTranspiler(): string {
  for (const folder of foldersUp(findInstallation().root)) {
    const signature = sign(join(folder, 'node_modules/esbuild/package.json'));
    if (signature !== undefined) return signature;
  }
  return '';
}
