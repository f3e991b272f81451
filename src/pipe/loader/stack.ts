import { readFileSync, realpathSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { PROGRAM_FOLDER } from './installation.ts';

/** Folder of transpiled files -> the folder that paths in their source maps start from. */
const mapped = new Map<string, string>();

const maps = new Map<string, SourceMap | undefined>();

/**
 * Makes stack traces name the lines of the .ts files, of the runner and of a project's snapshot. Maps are
 * read when a stack is, so a process without errors pays nothing; node's --enable-source-maps parses the
 * map of every module it loads.
 */
export function mapStacks(snapshot?: {
  readonly folder: string;
  readonly projectRoot: string;
}): void {
  mapped.set(PROGRAM_FOLDER, PROGRAM_FOLDER);
  if (snapshot !== undefined) {
    const { folder, projectRoot } = snapshot;
    mapped.set(folder, projectRoot);
    // What several snapshots share is run from where it really is.
    mapped.set(dirname(realPath(join(folder, 'src'))), projectRoot);
  }
  const folders = [...mapped.keys()].map((folder) => escapePattern(folder + sep));
  const place = new RegExp(`(?:file://)?(${folders.join('|')})([^:()]+):(\\d+):(\\d+)`, 'g');

  Error.prepareStackTrace = (error, sites) => {
    const head = Error.prototype.toString.call(error);
    const stack = [head, ...sites.map((site) => `    at ${site}`)].join('\n');
    return stack.replace(place, (_, folder, path, line, column) =>
      findOriginal(folder.slice(0, -sep.length), path, Number(line), Number(column)),
    );
  };
}

function findOriginal(folder: string, path: string, line: number, column: number): string {
  const root = mapped.get(folder) ?? folder;
  const entry = mapOf(join(folder, `${path}.map`))?.findEntry(line - 1, column - 1);
  if (entry === undefined || !('originalLine' in entry)) {
    return `${join(root, path)}:${line}:${column}`;
  }
  const source = join(root, path, '..', entry.originalSource);
  return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
}

function mapOf(path: string): SourceMap | undefined {
  if (!maps.has(path)) maps.set(path, readMap(path));
  return maps.get(path);
}

function readMap(path: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}
