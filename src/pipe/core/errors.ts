/** Exit codes of `pipe`, as in `pipe --help` and docs/cache.md. */
export const EXIT = {
  ok: 0,
  /** A stage or a check failed. */
  failed: 1,
  /** Invalid arguments, pipeline.yaml or stage contract. */
  usage: 2,
  /** Another run holds the project's lock. */
  locked: 3,
  interrupted: 130,
  terminated: 143,
} as const;

/** A failure with a cause outside this program: printed with its fix and without a stack. */
export class RunError extends Error {
  override readonly name = 'RunError';
  /** The fix. */
  readonly hint: string | undefined;
  readonly exitCode: number;

  constructor(message: string, hint?: string, exitCode: number = EXIT.failed) {
    super(message);
    this.hint = hint;
    this.exitCode = exitCode;
  }
}

const DISK_FAULTS: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  ENOSPC: ['the disk is full', 'free some space (npx pipe gc may help), then run again'],
  EDQUOT: ['the disk quota is used up', 'free some space (npx pipe gc may help), then run again'],
  EROFS: ['the file system is read-only', 'make it writable, or copy the project elsewhere'],
  EACCES: ['permission denied', 'make the folder writable for your user'],
  EPERM: ['permission denied', 'make the folder writable for your user'],
  EIO: ['input/output error', 'check the disk'],
  EEXIST: ['there is a file in place of a folder', 'move that file away'],
  ENOTDIR: ['there is a file in place of a folder', 'move that file away'],
  EISDIR: ['there is a folder in place of a file', 'move that folder away'],
  ELOOP: ['there is a symbolic link in place of a file', 'remove that link'],
  EXDEV: ['cache/ spans several disks', 'mount one disk for all of cache/'],
  EBUSY: ['a mount point or in use', 'mount a disk only for all of cache/'],
  EMFILE: ['too many open files', 'raise the limit (ulimit -n) or use fewer --jobs'],
};

/**
 * Turns a disk error into one with a message and a fix; returns other errors as they are.
 *
 * @param action what failed, e.g. `write the cache`
 */
export function explainDiskFault(error: unknown, action: string): unknown {
  const { code, path } = error as NodeJS.ErrnoException;
  const fault = code === undefined ? undefined : DISK_FAULTS[code];
  if (fault === undefined) return error;
  const [reason, hint] = fault;
  const place = path === undefined || action.includes(path) ? '' : ` (${path})`;
  return new RunError(`cannot ${action}: ${reason}${place}`, hint);
}
