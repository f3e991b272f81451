import { explainDiskFault, RunError } from '../core/errors.ts';

/** Why an instance failed. */
type FailureKind =
  /** The stage threw. */
  | 'threw'
  /** Its process ended before the stage was done, e.g. by process.exit. */
  | 'exited'
  | 'killed'
  | 'out-of-memory'
  | 'timeout'
  /** It returned without writing an output. */
  | 'missing-output'
  /** It wrote a file that is not among its outputs. */
  | 'undeclared-output'
  /** It wrote something that cannot be stored, such as a link in a folder. */
  | 'unstorable-output'
  /** A file that it reads changed while it ran. */
  | 'input-changed'
  /** Its outputs could not be stored. */
  | 'storage'
  /** It asks for more than the machine has. */
  | 'resources'
  /** Its process could not be started. */
  | 'worker';

/** Why one instance failed: what happened, and the fix. */
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
  // A full or broken disk is not the stage's mistake; other file errors may be.
  const isDisk = ['ENOSPC', 'EDQUOT', 'EROFS', 'EIO'].includes(codeOf(thrown));
  const fault = isDisk ? explainDiskFault(thrown, 'write an output') : thrown;
  if (fault instanceof RunError && fault.hint !== undefined) {
    return { kind: 'storage', message: fault.message, hint: fault.hint, ...trace };
  }
  return { kind: 'threw', message: name === 'Error' ? message : `${name}: ${message}`, ...trace };
}

function codeOf(error: NodeJS.ErrnoException): string {
  return error.code ?? '';
}
