import { EXIT, RunError } from '../core/errors.ts';
import { suggest } from '../core/suggest.ts';
import type { Disk } from '../disk/disk.ts';
import { readRunRecord, runIds } from './files.ts';
import type { RunRecord } from './record.ts';

/** Ids shown when there is no such run. */
const SHOWN = 10;

/** Whether a name can only mean a run. */
export function isRunName(name: string): boolean {
  return /^last(~\d+)?$/.test(name) || /^\d{8}-\d{6}(-|$)/.test(name);
}

/**
 * Finds a run by its id, by the beginning or the last part of it, or by its age: `last`, `last~1`.
 * @throws {RunError} if there is no such run, or several
 */
export function findRun(disk: Disk, folder: string, name: string): RunRecord {
  const ids = runIds(disk, folder).toReversed();
  const [, age] = /^last(?:~(\d+))?$/.exec(name) ?? [undefined, undefined];
  const byAge = name === 'last' || age !== undefined;
  const matches = byAge
    ? ids.slice(Number(age ?? 0)).slice(0, 1)
    : ids.filter((id) => id.startsWith(name) || id.endsWith(`-${name}`));
  // The beginning of other ids may be an id itself.
  const found = matches.includes(name) ? [name] : matches;
  if (found.length > 1) {
    const which = found.slice(0, SHOWN).join(', ');
    throw new RunError(
      `several runs are called '${name}': ${which}`,
      'write more of it',
      EXIT.usage,
    );
  }
  const record = found.length === 0 ? undefined : readRunRecord(disk, folder, found[0]);
  if (record !== undefined) return record;
  const hint =
    ids.length === 0
      ? 'nothing has run yet: npx pipe run'
      : suggest(name, ids.slice(0, SHOWN), 'runs');
  throw new RunError(`there is no run '${name}'`, hint, EXIT.usage);
}
