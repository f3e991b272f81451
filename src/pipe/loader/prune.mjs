import { readdirSync, readlinkSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isMissing } from './store.mjs';

/** Snapshots to keep besides those in use. */
const KEPT = 8;

/**
 * Removes snapshots that are neither recent nor run by a living process, and what killed processes
 * left half written.
 * @param {string} store
 * @param {string} current digest of the snapshot that was just made
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
  const snapshots = entries.filter((name) => /^[0-9a-f]{32}$/.test(name));
  const old = snapshots
    .filter((name) => !inUse.has(name))
    .map((name) => ({ name, age: ageOf(join(store, name)) }))
    .sort((a, b) => a.age - b.age)
    .slice(KEPT)
    .map(({ name }) => name);
  for (const name of snapshots) if (!old.includes(name)) inUse.add(sourceOf(join(store, name)));
  const sources = entries.filter((name) => name.startsWith('src-') && !inUse.has(name));
  for (const name of [...old, ...sources]) {
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

/**
 * The shared folder that has the src/ of a snapshot; empty if it has that itself.
 * @param {string} folder
 */
function sourceOf(folder) {
  try {
    return basename(dirname(readlinkSync(join(folder, 'src'))));
  } catch {
    return '';
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
