import { readFileSync, realpathSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, join, sep } from 'node:path';

/** @import { CodeSnapshot } from './code.ts' */

/**
 * Makes stack traces name the lines of the .ts files. Maps are read when a stack is, so a process
 * without errors pays nothing; node's --enable-source-maps parses the map of every module it loads.
 *
 * @param {Pick<CodeSnapshot, 'folder' | 'projectRoot' | 'packageRoot'>} snapshot
 */
export function mapStacks({ folder, projectRoot, packageRoot }) {
  /** @type {Map<string, SourceMap | undefined>} */
  const maps = new Map();
  // What several snapshots share is run from where it really is.
  const folders = [folder, dirname(realPath(join(folder, 'src')))].map(escaped);
  const place = new RegExp(`(?:file://)?(?:${folders.join('|')})([^:()]+):(\\d+):(\\d+)`, 'g');

  Error.prepareStackTrace = (error, sites) => {
    const head = Error.prototype.toString.call(error);
    const stack = [head, ...sites.map((site) => `    at ${site}`)].join('\n');
    return stack.replace(place, (_, path, line, column) => original(path, +line, +column));
  };

  /** @param {string} path @param {number} line @param {number} column */
  function original(path, line, column) {
    const entry = mapOf(path)?.findEntry(line - 1, column - 1);
    const root = path.startsWith(`src${sep}`) ? packageRoot : projectRoot;
    if (entry === undefined || !('originalLine' in entry)) {
      return `${join(root, path)}:${line}:${column}`;
    }
    const source = join(root, path, '..', entry.originalSource);
    return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  }

  /** @param {string} path */
  function mapOf(path) {
    if (!maps.has(path)) maps.set(path, readMap(join(folder, `${path}.map`)));
    return maps.get(path);
  }
}

/** @param {string} folder */
const escaped = (folder) => (folder + sep).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** @param {string} path */
function realPath(path) {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}

/** @param {string} path */
function readMap(path) {
  try {
    return new SourceMap(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}
