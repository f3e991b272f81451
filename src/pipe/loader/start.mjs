import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findProjectRoot, packageRoot } from './roots.mjs';
import { takeSnapshot } from './snapshot.mjs';
import { mapStacks } from './stack.mjs';

/** @import { CodeSnapshot } from './code.ts' */

/**
 * Freezes the sources and imports one of them from the snapshot.
 * @param {(snapshot: CodeSnapshot) => string} choose path of the file to run, in the snapshot
 * @param {{ projectRoot?: string, folders?: readonly string[] }} [options]
 * @returns {Promise<Record<string, unknown> | undefined>} its exports; `undefined` after an error
 *   that has been printed
 */
export async function start(choose, options = {}) {
  const { projectRoot = findProjectRoot(realpathSync(process.cwd())), folders = [] } = options;
  /** @type {CodeSnapshot} */
  let snapshot;
  try {
    snapshot = await takeSnapshot({ projectRoot, packageRoot, folders });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'CodeError') throw error;
    const { describe } = await import('./snapshot-error.mjs');
    const { diagnostics } = /** @type {import('./snapshot-error.mjs').SnapshotError} */ (error);
    console.error(describe(diagnostics, [projectRoot, packageRoot]));
    // Source that is wrong is a mistake of the caller's, a disk that cannot be written is not.
    process.exitCode = diagnostics.some(({ range }) => range !== undefined) ? 2 : 1;
    return undefined;
  }
  Object.assign(globalThis, { [Symbol.for('shatter.code-snapshot')]: snapshot });
  const { folder } = snapshot;
  process.env.SHATTER_SNAPSHOT = JSON.stringify({ folder, projectRoot, packageRoot });
  mapStacks(snapshot);
  return import(pathToFileURL(join(snapshot.folder, choose(snapshot))).href);
}
