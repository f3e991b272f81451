import { basename, dirname, join } from 'node:path';
import { type Digest, digestText } from '../core/digest.ts';
import type { Disk } from '../disk/disk.ts';

/** A file of a tree. */
export interface TreeFile {
  /** Relative to the folder; empty where the tree is a single file. */
  readonly path: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  readonly isExecutable: boolean;
}

/** What a folder holds, or a single file that may be executed. */
export interface Tree {
  /** Sorted by path. */
  readonly files: readonly TreeFile[];
  /** Paths of empty folders, sorted. */
  readonly empty: readonly string[];
}

/** Paths below a folder, sorted: what is in it, and what no tree can hold. */
interface Listing {
  readonly files: readonly { readonly path: string; readonly isExecutable: boolean }[];
  readonly empty: readonly string[];
  /** Links, sockets and other special files, and names that are not UTF-8. */
  readonly unstorable: readonly string[];
}

const HEAD = 'tree 1';
const LINE = /^(file|exec) ([0-9a-f]{64}) (0|[1-9]\d{0,15}) (".*")$/;
const EMPTY = /^folder (".+")$/;

/** Written beside an output, under a name that no output can have, by whoever hashes it. */
export function manifestFile(output: string): string {
  return join(dirname(output), `.${basename(output)}.tree`);
}

/** The text whose digest names a tree. Equal trees have equal texts. */
export function formatTree({ files, empty }: Tree): string {
  const lines = files.map(({ path, digest, size, isExecutable }) => {
    return `${isExecutable ? 'exec' : 'file'} ${digest} ${size} ${JSON.stringify(path)}\n`;
  });
  return `${HEAD}\n${lines.join('')}${empty.map((path) => `folder ${JSON.stringify(path)}\n`).join('')}`;
}

/** Strict, because paths become files. @returns `undefined` for what `formatTree` never wrote */
export function parseTree(text: string): Tree | undefined {
  const [head, ...lines] = text.split('\n');
  if (head !== HEAD || lines.pop() !== '') return undefined;
  const files: TreeFile[] = [];
  const empty: string[] = [];
  for (const line of lines) {
    const [, kind, digest, size, name] = LINE.exec(line) ?? [];
    const path = pathOf(name ?? EMPTY.exec(line)?.[1]);
    if (path === undefined) return undefined;
    if (name === undefined) empty.push(path);
    else {
      const isExecutable = kind === 'exec';
      files.push({ path, digest: digest as Digest, size: Number(size), isExecutable });
    }
  }
  const tree = { files, empty };
  return formatTree(tree) === text && isConsistent(tree) ? tree : undefined;
}

function pathOf(json: string | undefined): string | undefined {
  try {
    return json === undefined ? undefined : (JSON.parse(json) as string);
  } catch {
    return undefined;
  }
}

/** Whether the paths stay inside, are sorted, and none leads through another. */
function isConsistent({ files, empty }: Tree): boolean {
  const leaves = new Set<string>();
  for (const paths of [files.map(({ path }) => path), empty]) {
    for (const [i, path] of paths.entries()) {
      if (leaves.has(path) || (i > 0 && paths[i - 1] >= path)) return false;
      leaves.add(path);
    }
  }
  if (leaves.has('')) return files.length === 1 && empty.length === 0 && files[0].isExecutable;
  return [...leaves].every(
    (path) => isClean(path) && !parentsOf(path).some((one) => leaves.has(one)),
  );
}

function isClean(path: string): boolean {
  return (
    !path.includes('\0') &&
    path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  );
}

function parentsOf(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join('/'));
}

/** Whether a tree is what an output is declared to be: a folder, or a single file. */
export function isTreeOf(isFolder: boolean, { files }: Tree): boolean {
  return isFolder !== (files.length === 1 && files[0].path === '');
}

/** Lists a folder, and follows no link. */
export function listTree(disk: Disk, folder: string): Listing {
  const files: { path: string; isExecutable: boolean }[] = [];
  const empty: string[] = [];
  const unstorable: string[] = [];
  // Without recursion: folders may be nested deeper than the stack is.
  const open = [''];
  for (let below = open.pop(); below !== undefined; below = open.pop()) {
    const names = disk.list(join(folder, below));
    if (names.length === 0 && below !== '') empty.push(below);
    for (const name of names) {
      const path = below === '' ? name : `${below}/${name}`;
      const stat = disk.stat(join(folder, path));
      if (stat?.isFolder === true) open.push(path);
      else if (stat?.isFile === true) files.push({ path, isExecutable: stat.isExecutable });
      else unstorable.push(path);
    }
  }
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { files, empty: empty.sort(), unstorable: unstorable.sort() };
}

/** Reads every file below a folder. */
export async function readTree(disk: Disk, folder: string): Promise<Tree> {
  const { files, empty } = listTree(disk, folder);
  const read: TreeFile[] = [];
  for (const file of files) {
    const path = join(folder, file.path);
    const digest = await disk.digest(path);
    read.push({ ...file, digest, size: disk.stat(path)?.size ?? 0 });
  }
  return { files: read, empty };
}

/** Reads a single file that may be executed. */
export async function readExecutable(disk: Disk, path: string): Promise<Tree> {
  const digest = await disk.digest(path);
  const size = disk.stat(path)?.size ?? 0;
  return { files: [{ path: '', digest, size, isExecutable: true }], empty: [] };
}

/**
 * Digest of what stands in an artifact's place: of a plain file that of its bytes, of a folder or an
 * executable file that of its tree. `undefined` if nothing is there, or nothing that an output can be.
 */
export async function artifactDigest(disk: Disk, path: string): Promise<Digest | undefined> {
  const stat = disk.stat(path);
  if (stat?.isFolder === true) {
    const isStorable = listTree(disk, path).unstorable.length === 0;
    return isStorable ? digestText(formatTree(await readTree(disk, path))) : undefined;
  }
  if (stat?.isFile !== true) return undefined;
  if (!stat.isExecutable) return await disk.digest(path);
  return digestText(formatTree(await readExecutable(disk, path)));
}

/** Shows whether a file, or anything in a folder, changed; `undefined` if nothing is there. */
export function artifactSignature(disk: Disk, path: string): string | undefined {
  const stat = disk.stat(path);
  if (stat?.isFolder !== true) return stat?.signature;
  const { files, empty, unstorable } = listTree(disk, path);
  const lines = [...files.map((file) => file.path), ...unstorable].map((one) =>
    JSON.stringify([one, disk.stat(join(path, one))?.signature]),
  );
  return `tree-${digestText(JSON.stringify([...lines, empty]))}`;
}
