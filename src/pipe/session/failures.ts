import type { Cache } from '../cache/cache.ts';
import { explainDiskFault, RunError } from '../core/errors.ts';
import type { Failure } from '../core/events.ts';
import type { Disk } from '../disk/disk.ts';
import type { Instance } from '../pipeline/graph.ts';

/** Lines of an instance's log that come with its failure. */
const LOG_LINES = 20;

/** With --only: what looked restorable turned out to be lost. */
export function notAllowed(instance: Instance): Failure {
  return {
    kind: 'storage',
    message: 'what it made is lost or outdated, and it is not to run now',
    hint: `npx pipe run ${instance.stage}`,
  };
}

export function inputChanged(cache: Cache, path: string): Failure {
  return {
    kind: 'input-changed',
    message: `${cache.paths.show(path)} was altered while the stage was reading it`,
    hint: 'run it again; if nobody touched the file, the stage writes to its input',
  };
}

export function storageFailure(error: unknown, cache: Cache): Failure {
  const fault = explainDiskFault(error, 'store what the stage made');
  const { message, stack } = fault as Error;
  if (fault instanceof RunError) {
    return { kind: 'storage', message, ...(fault.hint === undefined ? {} : { hint: fault.hint }) };
  }
  return {
    kind: 'storage',
    message: `${message} (in ${cache.paths.show(cache.paths.cache)})`,
    ...(stack === undefined ? {} : { stack }),
  };
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

/** Whether the same failure would come again: a contract is not kept by trying once more. */
export function isLasting({ kind }: Failure): boolean {
  return kind === 'missing-output' || kind === 'undeclared-output';
}

/** The failure with the end of a log. */
export function withLog(failure: Failure, path: string, disk: Disk): Failure {
  try {
    const text = disk.read(path)?.toString('utf8') ?? '';
    const log = text.trimEnd().split('\n').slice(-LOG_LINES);
    return text.trim() === '' ? failure : { ...failure, log };
  } catch {
    // The failure itself is what matters.
    return failure;
  }
}
