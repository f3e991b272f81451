import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** @import { CodeFile, CodeSnapshot } from './code.ts' */

/**
 * @typedef {{ output: Buffer | string, map: string | undefined }} Output
 * @typedef {CodeFile & { readonly fresh?: Output }} ReadFile
 */

/** @param {string} path */
export const isTyped = (path) => /\.m?ts$/.test(path) && !path.endsWith('.d.ts');

/**
 * The name under which a source file lies in a snapshot.
 * @param {string} path
 */
export const outputPath = (path) => (isTyped(path) ? path.replace(/ts$/, 'js') : path);

/**
 * Whether a file belongs to the part that many snapshots have in common.
 * @param {string} path
 */
export const isShared = (path) => path.startsWith('src/');

/**
 * Says that this process runs from a snapshot, until it exits: nobody prunes it meanwhile.
 * @param {string} store
 * @param {string} digest
 */
export function markUsed(store, digest) {
  if (marks.size === 0) process.once('exit', unmark);
  const mark = join(store, 'in-use', `${digest}.${process.pid}`);
  try {
    writeFileSync(mark, '');
  } catch {
    try {
      mkdirSync(dirname(mark), { recursive: true });
      writeFileSync(mark, '');
    } catch {
      // A disk that cannot be written cannot be pruned either.
      return;
    }
  }
  marks.add(mark);
}

/** @type {Set<string>} */
const marks = new Set();

function unmark() {
  for (const mark of marks) rmSync(mark, { force: true });
}

/**
 * @typedef {{
 *   snapshot: CodeSnapshot,
 *   files: Readonly<Record<string, ReadFile>>,
 *   before: string | undefined,
 *   lockBytes: Buffer | undefined,
 * }} Content `before` is the folder of the former snapshot
 */

/**
 * Writes a snapshot. Most edits are of stages/: what a snapshot has of src/ is a link to a folder that all
 * with the same src/ share.
 *
 * @param {Content} content
 * @param {string} source digest of src/
 * @returns whether it is there; not if the former snapshot has just been pruned
 */
export function writeSnapshot(content, source) {
  const { snapshot, files } = content;
  const entries = Object.entries(files);
  const inner = entries.filter(([path]) => isShared(path));
  // Node goes by where a file really is: what it imports from elsewhere would not be found.
  const isClosed = inner.every(([, { imports }]) => imports.every(isShared));
  if (!isClosed) return writeTree(content, undefined);
  const store = dirname(snapshot.folder);
  const shared = `src-${source}`;
  markUsed(store, shared);
  if (!existsSync(join(store, shared))) {
    const tree = { ...snapshot, digest: shared, folder: join(store, shared) };
    const only = {
      ...content,
      snapshot: tree,
      files: Object.fromEntries(inner),
      lockBytes: undefined,
    };
    if (!writeTree(only, undefined)) return false;
  }
  return writeTree(content, shared);
}

/**
 * Writes a folder beside its place and moves it there whole. Files that did not change are hard links into
 * the snapshot before it.
 *
 * @param {Content} content
 * @param {string | undefined} shared the folder that has src/, if it is not written here
 */
function writeTree({ snapshot, files, before, lockBytes }, shared) {
  const temporary = join(dirname(snapshot.folder), `.tmp-${process.pid}-${snapshot.digest}`);
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  try {
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
    writeFileSync(join(temporary, 'package.json'), '{"type":"module"}\n');
    if (lockBytes !== undefined) writeFileSync(join(temporary, 'package-lock.json'), lockBytes);
    linkPackages(temporary, snapshot);
    renameSync(temporary, snapshot.folder);
    return true;
  } catch (error) {
    // Another process may have made the same first.
    if (existsSync(snapshot.folder)) return true;
    throw error;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/**
 * @param {string} folder
 * @param {string} shared
 */
function tryLinkSource(folder, shared) {
  try {
    symlinkSync(`../${shared}/src`, join(folder, 'src'), 'dir');
    return true;
  } catch {
    // A file system without symbolic links: the files themselves are put there.
    return false;
  }
}

/**
 * Whether all of a snapshot is there.
 * @param {CodeSnapshot} snapshot
 */
export function isThere({ folder, files }) {
  const [any] = Object.keys(files).filter(isShared);
  return existsSync(any === undefined ? folder : join(folder, outputPath(any)));
}

/**
 * @param {string} from
 * @param {string} to
 */
function tryLink(from, to) {
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

/**
 * A project that uses this package from elsewhere does not have its dependencies on the way up
 * from its cache: they are linked into the snapshot.
 * @param {string} folder
 * @param {CodeSnapshot} snapshot
 */
function linkPackages(folder, { projectRoot, packageRoot }) {
  if (projectRoot === packageRoot) return;
  for (let root = packageRoot; root !== dirname(root); root = dirname(root)) {
    const packages = join(root, 'node_modules');
    if (existsSync(packages)) return symlinkSync(packages, join(folder, 'node_modules'), 'dir');
  }
}

/** @param {unknown} error */
export const isMissing = (error) => /** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT';
