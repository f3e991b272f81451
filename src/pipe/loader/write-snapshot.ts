import { existsSync, linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CodeFile, CodeSnapshot } from './code.ts';
import { isMissing, markUsed, writeFolder } from './folder-store.mjs';
import { CONTRACT_CODE, CONTRACT_PACKAGE, type ProjectPackages } from './project-packages.ts';

/** A source file, with its output if it was transpiled just now. */
export interface ReadFile extends CodeFile {
  readonly fresh?: { readonly output: Buffer | string; readonly map: string | undefined };
}

interface Content {
  readonly snapshot: CodeSnapshot;
  readonly files: Readonly<Record<string, ReadFile>>;
  /** Folder of the former snapshot. */
  readonly before: string | undefined;
  readonly lockBytes: Buffer | undefined;
  readonly packages: ProjectPackages;
}

export function isTyped(path: string): boolean {
  return /\.m?ts$/.test(path) && !path.endsWith('.d.ts');
}

/** The name under which a source file lies in a snapshot. */
export function outputPath(path: string): string {
  return isTyped(path) ? path.replace(/ts$/, 'js') : path;
}

/** Whether a file belongs to the part that many snapshots have in common. */
export function isShared(path: string): boolean {
  return path.startsWith('src/');
}

/** Whether the files of a snapshot are on disk. */
export function isComplete({ folder, files }: CodeSnapshot): boolean {
  const [any] = Object.keys(files).filter(isShared);
  return existsSync(any === undefined ? folder : join(folder, outputPath(any)));
}

/**
 * Writes a snapshot. Most edits are of stages/: what a snapshot has of src/ is a link to a folder that
 * all with the same src/ share.
 *
 * @param source digest of src/
 * @returns whether it could be written; it cannot if the former snapshot has just been pruned
 */
export function writeSnapshot(content: Content, source: string): boolean {
  const { snapshot, files } = content;
  const sources = Object.entries(files).filter(([path]) => isShared(path));
  // Node resolves a link to where the file really is: what src/ imports from elsewhere would be missing.
  const isClosed = sources.every(([, { imports }]) => imports.every(isShared));
  if (!isClosed || sources.length === 0) return writeTree(content, undefined);
  const store = dirname(snapshot.folder);
  const shared = `src-${source}`;
  markUsed(store, shared);
  if (!existsSync(join(store, shared))) {
    const tree = { ...snapshot, digest: shared, folder: join(store, shared) };
    const only = {
      ...content,
      snapshot: tree,
      files: Object.fromEntries(sources),
      lockBytes: undefined,
    };
    if (!writeTree(only, undefined)) return false;
  }
  return writeTree(content, shared);
}

/**
 * Files that did not change are hard links into the snapshot before it.
 *
 * @param shared the folder that has src/, if it is not written here
 */
function writeTree(
  { snapshot, files, before, lockBytes, packages }: Content,
  shared: string | undefined,
): boolean {
  return writeFolder(snapshot.folder, (temporary) => {
    const isLinked = shared !== undefined && tryLinkSource(temporary, shared);
    const own = Object.entries(files).filter(([path]) => !isLinked || !isShared(path));
    for (const folder of new Set(own.map(([path]) => dirname(path)))) {
      mkdirSync(join(temporary, folder), { recursive: true });
    }
    for (const [path, { fresh }] of own) {
      const target = join(temporary, outputPath(path));
      if (fresh !== undefined) {
        writeFileSync(target, fresh.output);
        if (fresh.map !== undefined) writeFileSync(`${target}.map`, fresh.map);
        continue;
      }
      const source = join(before ?? temporary, outputPath(path));
      if (!tryLink(source, target)) return false;
      tryLink(`${source}.map`, `${target}.map`);
    }
    if (lockBytes !== undefined) writeFileSync(join(temporary, 'package-lock.json'), lockBytes);
    writePackages(temporary, packages);
    return true;
  });
}

/**
 * Node looks for packages from the snapshot upward and finds the project's. What a project has not
 * installed is found before that: the contract, because the snapshot is a package of that name to its own
 * files, and the runner's packages by a link.
 */
function writePackages(folder: string, { fallback, hasContract }: ProjectPackages): void {
  const manifest = hasContract
    ? { type: 'module' }
    : { name: CONTRACT_PACKAGE, type: 'module', exports: './contract.js' };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest)}\n`);
  if (!hasContract) writeFileSync(join(folder, 'contract.js'), CONTRACT_CODE);
  if (fallback !== undefined) symlinkSync(fallback, join(folder, 'node_modules'), 'dir');
}

function tryLinkSource(folder: string, shared: string): boolean {
  try {
    symlinkSync(`../${shared}/src`, join(folder, 'src'), 'dir');
    return true;
  } catch {
    // A file system without symbolic links: the files themselves are put there.
    return false;
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch {
    // No such file, or a file system without hard links.
    try {
      writeFileSync(to, readFileSync(from));
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }
}
