import type { Diagnostic } from '../core/diagnostic.ts';

/** A position in a source file; lines and columns count from 1. */
export interface CodePosition {
  readonly line: number;
  readonly column: number;
}

/** What is known about one source file: enough to fingerprint it without reading it again. */
export interface CodeFile {
  /** Size, mtime, ctime and inode; empty when the file was too young for them to be trusted. */
  readonly signature: string;
  /** SHA-256 of its bytes, hexadecimal. */
  readonly raw: string;
  /** SHA-256 of what remains without types, comments and layout, hexadecimal. */
  readonly code: string;
  /** Files of the snapshot that it imports, statically or by a literal dynamic import. */
  readonly imports: readonly string[];
  /** Names of the packages that it imports, node's own left out. */
  readonly packages: readonly string[];
  /** Dynamic imports of a computed specifier, which no import graph can follow. */
  readonly opaque: readonly CodePosition[];
}

/** Source code frozen at one moment: what runs is what was hashed, whatever is edited meanwhile. */
export interface CodeSnapshot {
  /** Digest of every path and content, and of the lock file. */
  readonly digest: string;
  /** Absolute path of the folder that holds the transpiled files: `src/pipe/cli/main.ts` as `src/pipe/cli/main.js`. */
  readonly folder: string;
  /** Where pipeline.yaml, stages/, artifacts/ and cache/ are. */
  readonly projectRoot: string;
  /** Where src/ and package.json are; the same folder unless another project uses this package. */
  readonly packageRoot: string;
  /** SHA-256 of the package-lock.json that pins the imported packages; the folder has a copy of it. */
  readonly lockDigest: string | undefined;
  /** By path, `src/...` from the package's root and the others from the project's; sorted. */
  readonly files: Readonly<Record<string, CodeFile>>;
}

/** Where the loader leaves the snapshot it started the process from. */
export const SNAPSHOT = Symbol.for('shatter.code-snapshot');

/**
 * The snapshot this process runs from, already compared with the files on disk by the loader.
 * `undefined` in a process that the loader did not start, such as a test.
 */
export function currentSnapshot(): CodeSnapshot | undefined {
  return (globalThis as { [SNAPSHOT]?: CodeSnapshot })[SNAPSHOT];
}

/**
 * Compares the sources with the disk again and freezes them as they are now, for a process that
 * outlives an edit. The process itself goes on running from its own snapshot.
 *
 * @throws {CodeError} when a file does not parse or the cache cannot be written
 */
export async function refreshSnapshot(snapshot: CodeSnapshot): Promise<CodeSnapshot> {
  const { takeSnapshot } = await import('./snapshot.mjs');
  return takeSnapshot(snapshot);
}

/** Source that cannot be loaded: syntax errors, or a cache folder that cannot be written. */
export interface CodeError extends Error {
  readonly name: 'CodeError';
  readonly diagnostics: readonly Diagnostic[];
}
