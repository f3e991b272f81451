/** Exit codes of `pipe`; docs/cache.md and `pipe --help` list them. */
export const EXIT = {
  ok: 0,
  /** A stage failed, or a check found something wrong. */
  failed: 1,
  /** Wrong arguments, or a mistake in pipeline.yaml or in a stage's contract. */
  usage: 2,
  /** Another run holds the project's lock. */
  locked: 3,
  interrupted: 130,
  terminated: 143,
} as const;

/** A failure whose cause lies outside this program: printed without a stack, with its remedy. */
export class RunError extends Error {
  override readonly name = 'RunError';
  /** What to do about it. */
  readonly hint: string | undefined;
  readonly exitCode: number;

  constructor(message: string, hint?: string, exitCode: number = EXIT.failed) {
    super(message);
    this.hint = hint;
    this.exitCode = exitCode;
  }
}

const DISK_FAULTS: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  ENOSPC: ['the disk is full', 'free some space (npx pipe gc may help) and run it again'],
  EDQUOT: ['the disk quota is used up', 'free some space (npx pipe gc may help) and run it again'],
  EROFS: ['the file system is read-only', 'make it writable, or copy the project elsewhere'],
  EACCES: ['permission denied', 'make the folder writable for this user'],
  EPERM: ['permission denied', 'make the folder writable for this user'],
  EIO: ['the disk reports an input/output error', 'check the disk'],
  EEXIST: ['a file is where a folder should be', 'move that file away'],
  ENOTDIR: ['a file is where a folder should be', 'move that file away'],
  EISDIR: ['a folder is where a file should be', 'move that folder away'],
  ELOOP: ['a symbolic link is where a file should be', 'remove that link'],
  EXDEV: ['cache/ is spread over several disks', 'mount one disk in place of all of cache/'],
  EBUSY: ['something is mounted there, or uses it', 'mount a disk in place of all of cache/ only'],
  EMFILE: ['too many open files', 'raise the limit (ulimit -n) or use fewer --jobs'],
};

/** A fault of the disk in words, or the error itself when it is none. */
export function explainDiskFault(error: unknown, doing: string): unknown {
  const { code, path } = error as NodeJS.ErrnoException;
  const fault = code === undefined ? undefined : DISK_FAULTS[code];
  if (fault === undefined) return error;
  const [reason, hint] = fault;
  const place = path === undefined || doing.includes(path) ? '' : ` (${path})`;
  return new RunError(`cannot ${doing}: ${reason}${place}`, hint);
}
