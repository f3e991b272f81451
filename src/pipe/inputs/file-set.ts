import { basename, dirname, isAbsolute, join } from 'node:path';
import { digestText } from '../core/digest.ts';
import { explainDiskFault } from '../core/errors.ts';
import type { Disk } from '../disk/disk.ts';
import { isPattern, unescaped } from '../pipeline/command.ts';

/** A file of a set. */
interface SetFile {
  /** From the base of the set, with slashes; the name of a single file. */
  readonly path: string;
  /** Absolute and without links: equal files have one. */
  readonly real: string;
  /** How it looked when it was listed. */
  readonly signature: string;
  /** Milliseconds since 1970 of its last change. */
  readonly changed: number;
}

/** Files that are read together: one, all of a folder, or those that match a pattern. */
export interface FileSet {
  readonly kind: 'file' | 'folder' | 'pattern';
  /** Absolute path of the folder that the paths start from. */
  readonly base: string;
  /** Sorted by path. */
  readonly files: readonly SetFile[];
  /** Differs when a file was added, removed or changed. */
  readonly signature: string;
  /** Whether none is so young that it may change again without its times showing it. */
  readonly isSettled: boolean;
}

/** Milliseconds; the times of a file are no finer than this on some file systems. */
const YOUNG = 2_000;

/** Made from what is read, never read itself. */
const DERIVED = /^(__pycache__|node_modules)$/;

interface ListOptions {
  /** Whether to leave out what tools make beside code. */
  readonly isCode?: boolean;
}

/**
 * Lists files; links are followed.
 *
 * @param files a file, a folder or a pattern, from the root of the project
 * @returns `undefined` if there are none
 * @throws {RunError} when a folder cannot be read
 */
export async function listFiles(
  disk: Disk,
  root: string,
  files: string,
  { isCode = false }: ListOptions = {},
): Promise<FileSet | undefined> {
  const inRoot = (path: string) => (isAbsolute(path) ? path : join(root, path));
  try {
    for (const path of new Set([inRoot(files), inRoot(unescaped(files))])) {
      const real = disk.real(path);
      if (real !== undefined) return listExisting(disk, path, real, isCode);
    }
    if (!isPattern(files)) return undefined;
    // Most sets are a file or a folder.
    const { default: picomatch } = await import('picomatch');
    const { base, glob } = picomatch.scan(files);
    const folder = inRoot(unescaped(base));
    const start = disk.real(folder);
    if (start === undefined) return undefined;
    const isMatch = picomatch(glob);
    // Without ** a pattern reaches no deeper than it has slashes.
    const depth = glob.includes('**') ? Number.POSITIVE_INFINITY : glob.split('/').length;
    const matching = walk(disk, start, isCode, depth).filter((one) => isMatch(one.path));
    return matching.length === 0 ? undefined : setOf('pattern', folder, matching);
  } catch (error) {
    throw explainDiskFault(error, `read ${files}`);
  }
}

function listExisting(
  disk: Disk,
  path: string,
  real: string,
  isCode: boolean,
): FileSet | undefined {
  const stat = disk.stat(real);
  if (stat?.isFile === true) {
    const { signature, changed } = stat;
    return setOf('file', dirname(path), [{ path: basename(path), real, signature, changed }]);
  }
  if (stat?.isFolder !== true) return undefined;
  const files = walk(disk, real, isCode, Number.POSITIVE_INFINITY);
  return files.length === 0 ? undefined : setOf('folder', path, files);
}

function setOf(kind: FileSet['kind'], base: string, files: readonly SetFile[]): FileSet {
  const now = Date.now();
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const lines = sorted.map(({ path, signature }) => `${signature} ${path}`);
  return {
    kind,
    base,
    files: sorted,
    signature: digestText(`${kind}\n${lines.join('\n')}`),
    isSettled: sorted.every(({ changed }) => now - changed >= YOUNG),
  };
}

/** Regular files below a folder, in no order. A link that leads to a folder around it is left out. */
function walk(disk: Disk, folder: string, isCode: boolean, depth: number): readonly SetFile[] {
  const files: SetFile[] = [];
  const open = [{ path: '', real: folder, around: [folder] as readonly string[] }];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const name of disk.list(at.real)) {
      if (isCode && DERIVED.test(name)) continue;
      const path = at.path === '' ? name : `${at.path}/${name}`;
      let real = `${at.real}/${name}`;
      let stat = disk.stat(real);
      if (stat !== undefined && !stat.isFile && !stat.isFolder) {
        real = disk.real(real) ?? real;
        stat = disk.stat(real);
      }
      if (stat?.isFile === true) {
        files.push({ path, real, signature: stat.signature, changed: stat.changed });
      } else if (stat?.isFolder === true) {
        const isLoop = at.around.includes(real);
        const isTooDeep = path.split('/').length >= depth;
        if (!isLoop && !isTooDeep) open.push({ path, real, around: [...at.around, real] });
      }
    }
  }
  return files;
}
