import {
  chmodSync,
  closeSync,
  constants,
  createReadStream,
  createWriteStream,
  fdatasync,
  fsync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { copyFile, rm } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';
import { type Digest, digestFile } from '../core/digest.ts';

/** Shows whether a file changed, without reading it. */
export interface FileStat {
  /** Bytes. */
  readonly size: number;
  /** Size, mtime and ctime in nanoseconds, inode. */
  readonly signature: string;
  /** Whether it is a regular file; a symbolic link is none. */
  readonly isFile: boolean;
  /** Whether it is a folder; a symbolic link is none. */
  readonly isFolder: boolean;
  /** Whether it is a regular file that its owner may execute. */
  readonly isExecutable: boolean;
  /** Number of names (hard links). */
  readonly links: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  /** Milliseconds since 1970 of the last change of content, name or permissions: no program can set it. */
  readonly changed: number;
}

/**
 * All access of the runner to files goes through here, so that tests can make any of it fail. Only
 * `append`, `sync` and `syncNow` make anything durable; `writeAtomically` replaces files with them.
 */
export interface Disk {
  /** Of the path itself: links are not followed. `undefined` if nothing is there. */
  stat(path: string): FileStat | undefined;
  /** The path with links resolved; `undefined` if it does not exist. */
  real(path: string): string | undefined;
  /** All of a small file; `undefined` if there is none. */
  read(path: string): Buffer | undefined;
  /** Names in a folder, sorted; none when there is no folder. */
  list(path: string): readonly string[];
  /** With the folders above it. */
  makeFolder(path: string): void;
  /** Removes a file, or a folder with its content; does nothing if there is none. */
  remove(path: string): void;
  /** Removes a file or folder in the background. */
  discard(path: string): Promise<void>;
  rename(from: string, to: string): void;
  /** Gives a file a second name; returns false if that is taken. */
  link(from: string, to: string): boolean;
  /** Takes away the permission to write, and gives or takes that to execute. */
  protect(path: string, isExecutable: boolean): void;
  /** Writes a small file as it is, neither atomic nor durable. */
  write(path: string, content: string | Uint8Array): void;
  /** Adds to the end of a file, neither atomic nor durable. */
  extend(path: string, text: string): void;
  /** Adds to the end of a file; durable when the promise resolves. */
  append(path: string, text: string): Promise<void>;
  /** For a file of any size. */
  readStream(path: string): Readable;
  /** Writes a file of any size, or adds to its end; neither atomic nor durable. */
  writeStream(path: string, isAdding?: boolean): Writable;
  /** Shares the bytes where the file system can. */
  copy(from: string, to: string): Promise<void>;
  /** The file's bytes, or the folder's names, are durable when the promise resolves. */
  sync(path: string): Promise<void>;
  /** The same, synchronously. */
  syncNow(path: string): void;
  digest(path: string): Promise<Digest>;
}

/** The only slow step of a sync: opening and closing synchronously saves two turns of the event loop. */
const fileSync = promisify(fsync);
const dataSync = promisify(fdatasync);

// Nothing is written through a symbolic link: it could point anywhere.
const { O_WRONLY, O_CREAT, O_TRUNC, O_APPEND, O_NOFOLLOW = 0 } = constants;
const WRITING = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW;
const ADDING = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW;

/** The disk itself. */
export const realDisk: Disk = {
  stat(path) {
    const stats = orMissing(
      () => lstatSync(path, { bigint: true, throwIfNoEntry: false }),
      undefined,
    );
    if (stats === undefined) return undefined;
    const { size, mode, mtimeNs, ctimeNs, ino, nlink } = stats;
    const isFile = stats.isFile();
    return {
      size: Number(size),
      signature: `${size}-${mtimeNs}-${ctimeNs}-${ino}`,
      isFile,
      isFolder: stats.isDirectory(),
      isExecutable: isFile && (Number(mode) & constants.S_IXUSR) !== 0,
      links: Number(nlink),
      modified: Number(mtimeNs / 1_000_000n),
      changed: Number(ctimeNs / 1_000_000n),
    };
  },
  real: (path) => orMissing(() => realpathSync.native(path), undefined),
  read: (path) => orMissing(() => readFileSync(path), undefined),
  list: (path) => orMissing(() => readdirSync(path).sort(), []),
  makeFolder: (path) => void mkdirSync(path, { recursive: true }),
  remove(path) {
    // Mostly nothing or a file, for which rm takes many steps.
    const kind = kindOf(path);
    if (kind === undefined) return;
    if (kind === 'file') {
      try {
        unlinkSync(path);
        return;
      } catch {
        // It may be gone meanwhile, which rm forgives.
      }
    }
    rmSync(path, { recursive: true, force: true });
  },
  async discard(path) {
    // Mostly nothing or an empty folder.
    const kind = kindOf(path);
    if (kind === undefined) return;
    try {
      if (kind === 'folder') rmdirSync(path);
      else unlinkSync(path);
    } catch {
      await rm(path, { recursive: true, force: true });
    }
  },
  rename: renameSync,
  link(from, to) {
    try {
      linkSync(from, to);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  },
  protect: (path, isExecutable) => chmodSync(path, isExecutable ? 0o555 : 0o444),
  write: (path, content) => writeFileSync(path, content, { flag: WRITING as never }),
  extend: (path, text) => writeFileSync(path, text, { flag: ADDING as never }),
  async append(path, text) {
    const file = openSync(path, ADDING);
    try {
      writeFileSync(file, text);
      await dataSync(file);
    } finally {
      closeSync(file);
    }
  },
  readStream: (path) => createReadStream(path, { highWaterMark: 1 << 18 }),
  writeStream: (path, isAdding = false) =>
    createWriteStream(path, { flags: (isAdding ? ADDING : WRITING) as never }),
  copy: (from, to) => copyFile(from, to, constants.COPYFILE_FICLONE),
  syncNow(path) {
    const file = openSync(path, 'r');
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  },
  async sync(path) {
    const file = openSync(path, 'r');
    try {
      await fileSync(file);
    } finally {
      closeSync(file);
    }
  },
  digest: digestFile,
};

function kindOf(path: string): 'file' | 'folder' | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  return stats.isDirectory() ? 'folder' : 'file';
}

function orMissing<T, U>(read: () => T, fallback: U): T | U {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return fallback;
    throw error;
  }
}
