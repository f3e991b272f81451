import type { Cache } from '../cache/cache.ts';
import { present } from '../core/collections.ts';
import { explainDiskFault, RunError } from '../core/errors.ts';
import { ownFrames } from '../core/own-frames.ts';
import type { Disk } from '../disk/disk.ts';
import type { Instance } from '../pipeline/graph.ts';
import type { Failure } from '../workers/failure.ts';

/** Lines of an instance's log that come with its failure. */
const LOG_LINES = 20;

/** With --only: what looked restorable turned out to be lost. */
export function notAllowed(instance: Instance): Failure {
  return {
    kind: 'storage',
    message: 'its outputs are lost or outdated, and --only does not let it run',
    hint: `npx pipe run ${instance.stage}`,
  };
}

/** @param isCode whether it is of a command's code, and no input */
export function inputChanged(
  cache: Cache,
  { path, isCode }: { readonly path: string; readonly isCode: boolean },
): Failure {
  const when = isCode ? 'the command, which it is the code of, ran' : 'the stage was reading it';
  const what = isCode ? 'its own code' : 'its input';
  return {
    kind: 'input-changed',
    message: `${cache.paths.show(path)} was altered while ${when}`,
    hint: `run it again; if nobody touched the file, the stage writes to ${what}`,
  };
}

export function storageFailure(error: unknown, cache: Cache): Failure {
  const fault = explainDiskFault(error, 'store what the stage made');
  const { message, stack } = fault as Error;
  if (fault instanceof RunError) {
    return present({ kind: 'storage', message, hint: fault.hint });
  }
  const place = `${message} (in ${cache.paths.show(cache.paths.cache)})`;
  return present({ kind: 'storage', message: place, stack });
}

/** Whether another attempt would fail in the same way, as when a stage breaks its contract. */
export function isLasting({ kind }: Failure): boolean {
  return ['missing-output', 'undeclared-output', 'unstorable-output', 'resources'].includes(kind);
}

/** The failure with the end of its log and its places in the project. The log then says why it ends there. */
export function explained(failure: Failure, path: string, cache: Cache, { id }: Instance): Failure {
  const frames = ownFrames(failure.stack, cache.paths.root);
  const log = endOf(path, cache.disk);
  const shown = [`failed: ${failure.message}`, ...frames.map((place) => `  at ${place}`)];
  try {
    cache.disk.extend(path, `${shown.join('\n')}\n`);
  } catch {
    // The failure itself is what matters.
  }
  return {
    ...(failure.kind === 'exited' ? { hint: `npx pipe log '${id}' prints all of its log` } : {}),
    ...failure,
    ...(log.length === 0 ? {} : { log }),
    ...(frames.length === 0 ? {} : { frames }),
  };
}

function endOf(path: string, disk: Disk): readonly string[] {
  try {
    const text = disk.read(path)?.toString('utf8') ?? '';
    return text.trim() === '' ? [] : text.trimEnd().split('\n').slice(-LOG_LINES);
  } catch {
    return [];
  }
}
