import { explainDiskFault, RunError } from '../core/errors.ts';

/** Why an instance failed. */
export type FailureKind =
  /** The stage threw. */
  | 'threw'
  /** Its process ended before the stage did, e.g. by process.exit. */
  | 'exited'
  | 'killed'
  | 'out-of-memory'
  | 'timeout'
  /** It returned without writing an output. */
  | 'missing-output'
  /** It wrote a file that is none of its outputs. */
  | 'undeclared-output'
  /** A file it reads was altered while it ran. */
  | 'input-changed'
  /** What it made could not be stored. */
  | 'storage'
  /** The machine does not have what it asks for. */
  | 'resources'
  /** Its process could not be started. */
  | 'worker';

/** What went wrong with one instance: what, why and the fix. */
export interface Failure {
  readonly kind: FailureKind;
  readonly message: string;
  readonly hint?: string;
  readonly stack?: string;
  /** The last lines of its log. */
  readonly log?: readonly string[];
}

/** What a stage threw. */
export function stageFailure(thrown: unknown): Failure {
  if (!(thrown instanceof Error)) return { kind: 'threw', message: `threw ${String(thrown)}` };
  const { message, name, stack } = thrown;
  const trace = stack === undefined ? {} : { stack };
  // Such a disk is nobody's mistake; other errors of the disk may well be the stage's.
  const isDisk = ['ENOSPC', 'EDQUOT', 'EROFS', 'EIO'].includes(codeOf(thrown));
  const fault = isDisk ? explainDiskFault(thrown, 'write what the stage makes') : thrown;
  if (fault instanceof RunError && fault.hint !== undefined) {
    return { kind: 'storage', message: fault.message, hint: fault.hint, ...trace };
  }
  return { kind: 'threw', message: name === 'Error' ? message : `${name}: ${message}`, ...trace };
}

function codeOf(error: NodeJS.ErrnoException): string {
  return error.code ?? '';
}
