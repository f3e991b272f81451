/**
 * A folder of folders, each named by the digest of what is in it: snapshots of a project's code and
 * bundles of the runner's own. Plain JavaScript, because the loader uses it before there is a bundle: that is
 * also why it replaces files by itself and not by `writeAtomically`.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { seal, unseal } from '../core/checksummed-json.mjs';

/** Folders to keep besides those in use. */
const KEPT = 8;

/** Milliseconds for which marks count of which cannot be seen whether they are true: of other machines, and of jobs. */
const TRUSTED = 7 * 24 * 3600_000;

/** Milliseconds; a file younger than this may change again without its times showing it. */
const RACY = 2_000;

/**
 * A text that differs when the file changed; empty if the file is too young to tell, `undefined` if there is none.
 * @param {string} path
 */
export function sign(path) {
  // Times as fractions of a millisecond are exact to 250 ns, and much faster than big integers.
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined || !stats.isFile()) return undefined;
  const { size, mtimeMs, ctimeMs, ino } = stats;
  if (Date.now() - Math.max(mtimeMs, ctimeMs) < RACY) return '';
  return `${size}-${mtimeMs}-${ctimeMs}-${ino}`;
}

/**
 * Reads a JSON file whose digest is in it; `undefined` if it is missing or damaged.
 * @param {string} path
 */
export function readSealed(path) {
  try {
    return JSON.parse(unseal(readFileSync(path, 'utf8')) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {string} path
 * @param {unknown} value
 */
export function writeSealed(path, value) {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, seal(JSON.stringify(value)));
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/**
 * Fills a folder under a temporary name and moves it into its place, so that it is complete or absent.
 * @param {string} folder
 * @param {(temporary: string) => boolean} fill returns whether it could be filled
 * @returns whether the folder is there
 */
export function writeFolder(folder, fill) {
  const temporary = join(dirname(folder), `.tmp-${process.pid}-${basename(folder)}`);
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  try {
    if (!fill(temporary)) return false;
    renameSync(temporary, folder);
    return true;
  } catch (error) {
    // Another process may have made the same first.
    if (existsSync(folder)) return true;
    throw error;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/**
 * Marks a folder as used by this process until it exits: nobody prunes it meanwhile.
 * @param {string} store
 * @param {string} digest
 */
export function markUsed(store, digest) {
  if (marks.size === 0) process.once('exit', removeMarks);
  marks.add(mark(store, digest, `${hostname()}.${process.pid}`));
}

/**
 * Marks a folder as used by jobs, which may wait in a queue while no process uses it.
 * @param {string} store
 * @param {string} digest
 * @param {string} jobs their name
 */
export function markUsedByJobs(store, digest, jobs) {
  mark(store, digest, `${jobs}.0`);
}

/**
 * Of jobs that are no more.
 * @param {string} store
 * @param {string} jobs
 */
export function removeMarksOfJobs(store, jobs) {
  for (const name of list(join(store, 'in-use'))) {
    if (name.endsWith(`.${jobs}.0`)) rmSync(join(store, 'in-use', name), { force: true });
  }
}

/**
 * @param {string} store
 * @param {string} digest
 * @param {string} user
 */
function mark(store, digest, user) {
  const path = join(store, 'in-use', `${digest}.${user}`);
  try {
    writeFileSync(path, '');
  } catch {
    try {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, '');
    } catch {
      // A disk that cannot be written cannot be pruned either.
    }
  }
  return path;
}

/** @type {Set<string>} */
const marks = new Set();

function removeMarks() {
  for (const mark of marks) rmSync(mark, { force: true });
}

/**
 * Removes folders that are neither recent nor used by a living process, and what killed processes
 * left half written.
 * @param {string} store
 * @param {string} current digest of the folder that was just made
 */
export function prune(store, current) {
  const inUse = new Set([current]);
  for (const mark of list(join(store, 'in-use'))) {
    const [, digest = '', host, pid] = /^([^.]+)\.(?:(.*)\.)?(\d+)$/.exec(mark) ?? [];
    const isHere = host === undefined || host === hostname();
    const isTrusted = isHere ? isAlive(Number(pid)) : ageOf(join(store, 'in-use', mark)) < TRUSTED;
    if (isTrusted) inUse.add(digest);
    else rmSync(join(store, 'in-use', mark), { force: true });
  }
  const entries = readdirSync(store);
  for (const name of entries) {
    const pid = /^\.tmp-(\d+)-/.exec(name)?.[1] ?? /\.(\d+)\.tmp$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) {
      rmSync(join(store, name), { recursive: true, force: true });
    }
  }
  const folders = entries.filter((name) => /^[0-9a-f]{32}$/.test(name));
  const old = folders
    .filter((name) => !inUse.has(name))
    .map((name) => ({ name, age: ageOf(join(store, name)) }))
    .sort((a, b) => a.age - b.age)
    .slice(KEPT)
    .map(({ name }) => name);
  // Earlier versions kept src/ in folders of its own.
  const former = entries.filter((name) => name.startsWith('src-'));
  for (const name of [...old, ...former]) {
    // Renamed first, so that nobody starts from a folder that is half removed.
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
function list(folder) {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
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
export function isMissing(error) {
  return /** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT';
}
