import type { Diagnostic } from '../core/diagnostic.ts';
import type { PackageGraph } from './package-graph.ts';

/** What is known about one source file: enough to fingerprint it without reading it again. */
export interface CodeFile {
  /** Size, mtime, ctime and inode; empty when the file was too young for them to be trusted. */
  readonly signature: string;
  /** SHA-256 of its bytes, hexadecimal. */
  readonly raw: string;
  /** SHA-256 of what remains without types, comments and layout, hexadecimal. */
  readonly code: string;
  /** Where it lies in a snapshot. */
  readonly output: string;
  /** Files that it imports or reads, by path from the project's root. */
  readonly imports: readonly string[];
  /** Names of the installed packages that it imports. */
  readonly packages: readonly string[];
  /** The same of those that it does without. */
  readonly optional: readonly string[];
  /** Modules of Node that it imports. */
  readonly builtins: readonly string[];
  /** What it uses that may leave something in its process which nobody can see afterwards. */
  readonly unchecked: readonly string[];
  /** Whether it may change objects in another way than by assigning to their properties. */
  readonly reshapes: boolean;
  /** Why no stage may use it: it does not parse, or reads what cannot be known before it runs. */
  readonly refused: readonly Diagnostic[];
}

/** Of a file that uses nothing. */
export const USES_NOTHING: Omit<CodeFile, 'signature' | 'raw' | 'code' | 'output'> = {
  imports: [],
  packages: [],
  optional: [],
  builtins: [],
  unchecked: [],
  reshapes: false,
  refused: [],
};

/** A project's code frozen at one moment: what runs is what was hashed, whatever is edited meanwhile. */
export interface CodeSnapshot {
  /** Digest of every path and content, and of what the lock files say. */
  readonly digest: string;
  /** Absolute path of the folder with the transpiled files: `stages/train.ts` as `stages/train.js`. */
  readonly folder: string;
  /** Where pipeline.yaml, stages/, artifacts/ and cache/ are. */
  readonly projectRoot: string;
  /** Paths of the files that others are reached from: the scripts in stages/. */
  readonly entries: readonly string[];
  /** Folders of stages/ that hold the stages of a group. */
  readonly groups: readonly string[];
  /** All that these reach, by path from the project's root; sorted. */
  readonly files: Readonly<Record<string, CodeFile>>;
  /** By folder, relative to the project's root, the lock file of the packages that its files import. */
  readonly locks: Readonly<Record<string, string>>;
}

/** What the lock files of a snapshot say, by path from the project's root; a file in its folder. */
export type PackageGraphs = Readonly<Record<string, PackageGraph>>;

/** Name of that file. */
export const GRAPHS_FILE = 'package-graphs.json';
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
