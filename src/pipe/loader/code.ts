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
  /** Why it cannot be used; of concern only to what imports it. */
  readonly faults?: readonly Diagnostic[];
}

/** A project's code frozen at one moment: what runs is what was hashed, whatever is edited meanwhile. */
export interface CodeSnapshot {
  /** Digest of every path and content, and of the lock file. */
  readonly digest: string;
  /** Absolute path of the folder with the transpiled files: `stages/train.ts` as `stages/train.js`. */
  readonly folder: string;
  /** Where pipeline.yaml, src/, stages/, artifacts/ and cache/ are. */
  readonly projectRoot: string;
  /** SHA-256 of the package-lock.json that pins the imported packages; the folder has a copy of it. */
  readonly lockDigest: string | undefined;
  /** By path from the project's root; sorted. */
  readonly files: Readonly<Record<string, CodeFile>>;
}

/** Global, because scripts that run from a snapshot have a copy of this module. */
const SNAPSHOT = Symbol.for('shatter.code-snapshot');

interface Holder {
  [SNAPSHOT]?: CodeSnapshot;
}

/**
 * The snapshot of the project that this process works on, compared with the files on disk when it started.
 * `undefined` outside of any project and in a process that the loader did not start, such as a test.
 */
export function currentSnapshot(): CodeSnapshot | undefined {
  return (globalThis as Holder)[SNAPSHOT];
}

export function setCurrentSnapshot(snapshot: CodeSnapshot): void {
  (globalThis as Holder)[SNAPSHOT] = snapshot;
}

/** Source that cannot be loaded: syntax errors, or a cache folder that cannot be written. */
export interface CodeError extends Error {
  readonly name: 'CodeError';
  readonly diagnostics: readonly Diagnostic[];
}
