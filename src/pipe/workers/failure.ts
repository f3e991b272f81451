import { inspect, types } from 'node:util';
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
  /** It ended through no fault of its own, such as the loss of its machine. */
  | 'interrupted'
  /** Its process could not be started. */
  | 'worker'
  /** The program of a command could not be started. */
  | 'no-program'
  /** Raw data are missing, or cannot be fetched. */
  | 'missing-input';

/** Why one instance failed: what happened, and the fix. */
export interface Failure {
  readonly kind: FailureKind;
  readonly message: string;
  readonly hint?: string;
  readonly stack?: string;
  /** Where its stack passes through the project's own files: `stages/count.ts:10:41`, the innermost first. */
  readonly frames?: readonly string[];
  /** The last lines of its log. */
  readonly log?: readonly string[];
}

/** A failure that needs no place in the code. */
export class KnownFailure extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** What a stage threw. */
export function stageFailure(thrown: unknown): Failure {
  if (thrown instanceof KnownFailure) return thrown.failure;
  // An error of another realm, such as a vm context, is no instance of this one's.
  if (!types.isNativeError(thrown)) return { kind: 'threw', message: `threw ${inspect(thrown)}` };
  const { message, name, stack, cause } = thrown;
  const trace = stack === undefined ? {} : { stack: `${stack}${traceOf(cause)}` };
  // A full or broken disk is not the stage's mistake; other file errors may be.
  const isDisk = ['ENOSPC', 'EDQUOT', 'EROFS', 'EIO'].includes(codeOf(thrown));
  const fault = isDisk ? explainDiskFault(thrown, 'write an output') : thrown;
  if (fault instanceof RunError && fault.hint !== undefined) {
    return { kind: 'storage', message: fault.message, hint: fault.hint, ...trace };
  }
  const why = types.isNativeError(cause) ? `, because: ${cause.message}` : '';
  const what = name === 'Error' ? message : `${name}: ${message}`;
  return {
    kind: 'threw',
    message: `${what || 'threw an error without a message'}${why}`,
    ...trace,
  };
}

function traceOf(cause: unknown): string {
  return types.isNativeError(cause) ? `\ncaused by ${cause.stack}${traceOf(cause.cause)}` : '';
}

function codeOf(error: NodeJS.ErrnoException): string {
  return error.code ?? '';
}
