import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seal, sha256, unseal } from '../core/sealed.mjs';
import { prune } from './prune.mjs';
import { SnapshotError, unwritable } from './snapshot-error.mjs';
import { isMissing, isShared, isThere, markUsed, outputPath, writeSnapshot } from './store.mjs';

/** @import { CodeFile, CodeSnapshot } from './code.ts' */
/** @import { Diagnostic } from '../core/diagnostic.ts' */
/** @import { ReadFile } from './store.mjs' */

/**
 * @typedef {{ projectRoot: string, packageRoot: string, folders?: readonly string[] }} Place
 * @typedef {{ path: string, signature: string }} Signed
 * @typedef {{
 *   format: number, tool: string, toolVersion: string, lockSignature: string | undefined,
 *   snapshot: CodeSnapshot,
 * }} Index
 */

/** Raised when what is written to index.json or to a snapshot changes its meaning. */
const FORMAT = 5;

/** Milliseconds; a file younger than this may change again without its times showing it. */
const RACY = 2_000;

/**
 * Freezes the source code: src/ of the package, stages/ of the project and further folders of the
 * project. With nothing changed since last time it stats the files and reads one index.
 *
 * @param {Place} place
 * @param {{ ignoreIndex?: boolean }} [options]
 * @returns {Promise<CodeSnapshot>}
 * @throws {SnapshotError} when a file does not parse or the cache cannot be written
 */
export async function takeSnapshot(place, options = {}) {
  const { projectRoot, packageRoot, folders = [] } = place;
  const store = join(projectRoot, 'cache', 'code');
  const indexPath = join(store, ['index', ...folders, 'json'].join('.'));
  const signed = [
    ...walk(packageRoot, 'src'),
    ...['stages', ...folders].flatMap((folder) => walk(projectRoot, folder)),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
  const lock = signLock(place);
  const tool = signTool(packageRoot);

  const index = options.ignoreIndex ? undefined : readIndex(indexPath);
  const usable =
    index?.format === FORMAT &&
    index.tool === tool &&
    index.snapshot.packageRoot === packageRoot &&
    index.snapshot.projectRoot === projectRoot;
  if (usable) markUsed(store, index.snapshot.digest);
  const before = usable && isThere(index.snapshot) ? index.snapshot : undefined;
  if (before !== undefined && index !== undefined && unchanged(signed, lock, index)) return before;

  const files = await readFiles(signed, before?.files ?? {}, place);
  const toolVersion = usable ? index.toolVersion : (await import('./transpile.mjs')).version;
  const lockBytes = lock && readFileSync(lock.path);
  const lockDigest = lockBytes && sha256(lockBytes);
  const content = Object.entries(files).map(([path, file]) => [path, file.raw]);
  const source = digestOf([FORMAT, toolVersion, content.filter(([path]) => isShared(path))]);
  const digest = digestOf([FORMAT, toolVersion, lockDigest, content]);
  /** @type {CodeSnapshot} */
  const snapshot = {
    digest,
    folder: join(store, digest),
    projectRoot,
    packageRoot,
    lockDigest,
    files: Object.fromEntries(
      Object.entries(files).map(([path, { fresh: _, ...file }]) => [path, file]),
    ),
  };
  try {
    markUsed(store, digest);
    if (!isThere(snapshot)) {
      const content = { snapshot, files, before: before?.folder, lockBytes };
      if (!writeSnapshot(content, source)) return await takeSnapshot(place, { ignoreIndex: true });
    }
  } catch (error) {
    throw unwritable(error, store);
  }
  try {
    writeIndex(indexPath, {
      format: FORMAT,
      tool,
      toolVersion,
      lockSignature: lock?.signature,
      snapshot,
    });
    prune(store, digest);
  } catch {
    // The snapshot is whole: without an index the next start is slower, and that is all.
  }
  return snapshot;
}

/** @param {unknown} content */
const digestOf = (content) => sha256(JSON.stringify(content)).slice(0, 32);

/**
 * @param {readonly Signed[]} signed
 * @param {Signed | undefined} lock
 * @param {Index} index
 */
function unchanged(signed, lock, index) {
  const known = index.snapshot.files;
  return (
    lock?.signature === index.lockSignature &&
    lock?.signature !== '' &&
    signed.length === Object.keys(known).length &&
    signed.every(({ path, signature }) => signature !== '' && known[path]?.signature === signature)
  );
}

/**
 * Reads what is new or changed.
 * @param {readonly Signed[]} signed
 * @param {Readonly<Record<string, CodeFile>>} known
 * @param {Place} place
 * @returns {Promise<Record<string, ReadFile>>}
 */
async function readFiles(signed, known, place) {
  /** @type {Diagnostic[]} */
  const diagnostics = [];
  /** @type {Map<string, string>} */
  const outputs = new Map();
  let transpiled = false;
  const entries = await Promise.all(
    signed.map(async ({ path, signature }) => {
      const twin = outputs.get(outputPath(path));
      if (twin !== undefined) {
        const message = `'${path}' and '${twin}' would run as the same file`;
        diagnostics.push({ message, hint: 'remove or rename one of the two' });
      }
      outputs.set(outputPath(path), path);
      const old = known[path];
      if (signature !== '' && old?.signature === signature) return [path, old];
      const bytes = readFileSync(originOf(path, place));
      const raw = sha256(bytes);
      if (old?.raw === raw) return [path, { ...old, signature }];
      // Loaded for what changed alone: it takes longer than all else here.
      const { transpile } = await import('./transpile.mjs');
      transpiled = true;
      const result = await transpile(path, bytes);
      if ('diagnostics' in result) {
        diagnostics.push(...result.diagnostics);
        return [];
      }
      const { output, map, ...facts } = result;
      return [path, { signature, raw, ...facts, fresh: { output, map } }];
    }),
  );
  if (transpiled) await (await import('./transpile.mjs')).stop();
  if (diagnostics.length > 0) throw new SnapshotError(diagnostics.sort(byFile));
  return Object.fromEntries(entries);
}

/**
 * @param {Diagnostic} a
 * @param {Diagnostic} b
 */
function byFile(a, b) {
  return (a.range?.file ?? '') < (b.range?.file ?? '') ? -1 : 1;
}

/**
 * Absolute path of the source of a snapshot's file.
 * @param {string} path
 * @param {Place} place
 */
export const originOf = (path, { projectRoot, packageRoot }) =>
  join(isShared(path) ? packageRoot : projectRoot, path);

/**
 * Every file below a folder with its signature. Hidden files and editors' backups are not source.
 * @param {string} root
 * @param {string} folder
 * @returns {Signed[]}
 */
function walk(root, folder) {
  /** @type {Signed[]} */
  const found = [];
  const pending = [folder];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    for (const entry of list(`${root}/${at}`)) {
      const path = `${at}/${entry.name}`;
      if (/^[.#]|~$|^node_modules$/.test(entry.name)) continue;
      if (entry.isDirectory()) pending.push(path);
      else {
        const signature = sign(`${root}/${path}`);
        if (signature !== undefined) found.push({ path, signature });
      }
    }
  }
  return found;
}

/** @param {string} folder */
function list(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/**
 * What tells whether a file changed; empty if that cannot be told yet, `undefined` if it is none.
 * @param {string} path
 */
function sign(path) {
  // Times as fractions of a millisecond are exact to 250 ns, and much faster than big integers.
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined || !stats.isFile()) return undefined;
  const { size, mtimeMs, ctimeMs, ino } = stats;
  if (Date.now() - Math.max(mtimeMs, ctimeMs) < RACY) return '';
  return `${size}-${mtimeMs}-${ctimeMs}-${ino}`;
}

/**
 * @param {Place} place
 * @returns {Signed | undefined}
 */
function signLock({ projectRoot, packageRoot }) {
  for (const root of [projectRoot, packageRoot]) {
    const path = join(root, 'package-lock.json');
    const signature = sign(path);
    if (signature !== undefined) return { path, signature };
  }
  return undefined;
}

/**
 * The transpiler is part of what makes a snapshot; it may be installed beside the package.
 * @param {string} packageRoot
 */
function signTool(packageRoot) {
  const manifest = join('esbuild', 'package.json');
  return (
    sign(join(packageRoot, 'node_modules', manifest)) ??
    sign(join(packageRoot, '..', manifest)) ??
    ''
  );
}

/**
 * @param {string} path
 * @returns {Index | undefined}
 */
function readIndex(path) {
  try {
    return JSON.parse(unseal(readFileSync(path, 'utf8')) ?? 'null') ?? undefined;
  } catch {
    // Missing or damaged: it is made anew.
    return undefined;
  }
}

/**
 * @param {string} path
 * @param {Index} index
 */
function writeIndex(path, index) {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, seal(JSON.stringify(index)));
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}
