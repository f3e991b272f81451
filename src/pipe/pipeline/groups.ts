import type { Checker } from '../core/diagnostic.ts';
import type { Place } from '../yaml/place.ts';
import { checkCoordinates } from './axes.ts';
import type { Declarations } from './declarations.ts';
import type { Profile } from './spec.ts';

/**
 * Merges the groups' files into the pipeline's: one set of axes, stages and profiles with unique names.
 * A profile that several files declare applies all their changes.
 *
 * @param all the pipeline file first
 */
export function joinGroups(
  check: Checker,
  all: readonly Declarations[],
): Pick<Declarations, 'axes' | 'stages' | 'profiles'> {
  checkNames(check, 'axis', all, ({ axes }) => axes);
  checkNames(check, 'stage', all, ({ stages }) => stages);
  const axes = new Map(all.flatMap((part) => [...part.axes]));
  const stages = new Map(all.flatMap((part) => [...part.stages]));
  const groups = new Set(all.map(({ group }) => group));
  for (const { name, place } of stages.values()) {
    if (!groups.has(name)) continue;
    // On the command line a name must mean either a stage or a group.
    const message = `'${name}' is the name of a group, so no stage can have it`;
    check.report(place.key, message, 'rename it');
  }
  const profiles = new Map<string, Profile>();
  for (const [name, change] of all.flatMap((part) => [...part.profiles])) {
    const first = profiles.get(name);
    profiles.set(name, {
      axes: new Map([...(first?.axes ?? []), ...change.axes]),
      stages: new Map([...(first?.stages ?? []), ...change.stages]),
    });
  }
  checkCoordinates(check, axes);
  for (const profile of profiles.values()) {
    checkCoordinates(check, new Map([...axes, ...profile.axes]));
  }
  return { axes, stages, profiles };
}

/** Names in different files must differ in more than case; the schema checks those in one file. */
function checkNames(
  check: Checker,
  kind: string,
  all: readonly Declarations[],
  of: (part: Declarations) => ReadonlyMap<string, { readonly place: Place }>,
): void {
  const owners = new Map<string, string>();
  for (const part of all) {
    for (const [name, { place }] of of(part)) {
      const owner = owners.get(name.toLowerCase());
      if (owner === undefined) continue;
      const message = `${kind} '${name}' is already declared in ${owner}`;
      check.report(place.key, message, 'rename one of the two');
    }
    for (const name of of(part).keys()) owners.set(name.toLowerCase(), part.file);
  }
}
