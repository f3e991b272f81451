import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROGRAM_FOLDER } from './installation.ts';

/** Where transpiled files come from. */
interface Origin {
  /** The folder that paths in their source maps start from. */
  readonly root: string;
  /** The folder that has the maps, at the same paths as the files. */
  readonly maps: string;
}

/** By folder of transpiled files. */
const mapped = new Map<string, Origin>();

const maps = new Map<string, SourceMap | undefined>();

/**
 * Makes stack traces name the lines of the .ts files, of the runner and of a project's snapshot. Maps are
 * read when a stack is, so a process without errors pays nothing; node's --enable-source-maps parses the
 * map of every module it loads.
 */
export function mapStacks(snapshot?: {
  readonly folder: string;
  readonly projectRoot: string;
  /** Another folder that has its maps. */
  readonly maps?: string;
}): void {
  mapped.set(PROGRAM_FOLDER, { root: PROGRAM_FOLDER, maps: PROGRAM_FOLDER });
  if (snapshot !== undefined) {
    const { folder, projectRoot, maps = folder } = snapshot;
    mapped.set(resolve(folder), { root: projectRoot, maps });
  }
  Error.prepareStackTrace = printStack;
}

function printStack(error: Error, sites: NodeJS.CallSite[]): string {
  const head = Error.prototype.toString.call(error);
  return [head, ...sites.map((site) => `    at ${describe(site)}`)].join('\n');
}

/** A frame as node writes it, with a path for the URL and with the place in the original file. */
function describe(site: NodeJS.CallSite): string {
  const text = String(site);
  const name = site.getFileName();
  const line = site.getLineNumber();
  const column = site.getColumnNumber();
  if (typeof name !== 'string' || line === null || column === null) return text;
  const path = pathOf(name);
  const folder = [...mapped.keys()].find((one) => path.startsWith(one + sep));
  const place =
    folder === undefined
      ? `${path}:${line}:${column}`
      : findOriginal(folder, path.slice(folder.length + sep.length), line, column);
  // A name may hold anything, also what a replacement would take for a pattern.
  return text.replace(`${name}:${line}:${column}`, () => place);
}

function pathOf(name: string): string {
  try {
    return name.startsWith('file:') ? fileURLToPath(name) : name;
  } catch {
    return name;
  }
}

function findOriginal(folder: string, path: string, line: number, column: number): string {
  const { root, maps: at } = mapped.get(folder) ?? { root: folder, maps: folder };
  const entry = mapOf(join(at, `${path}.map`))?.findEntry(line - 1, column - 1);
  // What is outside of a project's root has such folders in a snapshot.
  const original = join(root, path.replaceAll('_.._', '..'));
  if (entry === undefined || !('originalLine' in entry)) {
    return `${original}:${line}:${column}`;
  }
  const source = join(original, '..', entry.originalSource);
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
