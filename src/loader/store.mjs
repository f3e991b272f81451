import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
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

/** Snapshots to keep besides those in use. */
const KEPT = 8;

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
 * Writes a snapshot beside its place and moves it there whole. Files that did not change are hard
 * links into the snapshot before it.
 *
 * @param {{
 *   snapshot: CodeSnapshot,
 *   files: Readonly<Record<string, ReadFile>>,
 *   before: string | undefined,
 *   lockBytes: Buffer | undefined,
 * }} content `before` is the folder of the former snapshot
 * @returns whether it is there; not if the former snapshot has just been pruned
 */
export function writeSnapshot({ snapshot, files, before, lockBytes }) {
  const store = dirname(snapshot.folder);
  const temporary = join(store, `.tmp-${process.pid}-${snapshot.digest}`);
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  try {
    for (const folder of new Set(Object.keys(files).map((path) => dirname(path)))) {
      mkdirSync(join(temporary, folder), { recursive: true });
    }
    for (const [path, { fresh }] of Object.entries(files)) {
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
    // Another process may have made the same snapshot first.
    if (existsSync(snapshot.folder)) return true;
    throw error;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
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

/**
 * Removes snapshots that are neither recent nor run by a living process, and what killed processes
 * left half written.
 * @param {string} store
 * @param {string} current
 */
export function prune(store, current) {
  const inUse = new Set([current]);
  for (const mark of readdirSync(join(store, 'in-use'))) {
    const [digest, pid] = mark.split('.');
    if (isAlive(Number(pid))) inUse.add(digest);
    else rmSync(join(store, 'in-use', mark), { force: true });
  }
  const entries = readdirSync(store);
  for (const name of entries) {
    const pid = /^\.tmp-(\d+)-/.exec(name)?.[1] ?? /\.(\d+)\.tmp$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) {
      rmSync(join(store, name), { recursive: true, force: true });
    }
  }
  const snapshots = entries
    .filter((name) => /^[0-9a-f]{32}$/.test(name) && !inUse.has(name))
    .map((name) => ({ name, age: ageOf(join(store, name)) }))
    .sort((a, b) => a.age - b.age);
  for (const { name } of snapshots.slice(KEPT)) {
    // Renamed first, so that nobody starts from a snapshot that is half removed.
    const trash = join(store, `.tmp-${process.pid}-${name}`);
    try {
      renameSync(join(store, name), trash);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    rmSync(trash, { recursive: true, force: true });
  }
}

/** @param {string} folder */
function ageOf(folder) {
  try {
    return Date.now() - statSync(folder).mtimeMs;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/** @param {unknown} error */
export const isMissing = (error) => /** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT';
