import type { Checker } from '../yaml/checker.ts';
import { checkCoordinates } from './parse-axis.ts';
import type { Located, PipelineSpec, Profile } from './spec.ts';

/** What one file declares; `group` is the group it belongs to. */
export interface Declarations extends PipelineSpec {
  readonly group: Located<string> | undefined;
}

/**
 * Merges the groups' files into the pipeline's: one set of axes, stages and profiles with unique names.
 * A profile that several files declare applies all their changes.
 */
export function joinGroups(
  check: Checker,
  main: Declarations,
  groups: readonly Declarations[],
): PipelineSpec {
  const all = [main, ...groups];
  checkNames(check, 'axis', all, ({ axes }) => axes);
  checkNames(check, 'stage', all, ({ stages }) => stages);
  checkGroupNames(check, all);
  const axes = new Map(all.flatMap((part) => [...part.axes]));
  const profiles = new Map<string, Profile>();
  for (const profile of all.flatMap((part) => [...part.profiles.values()])) {
    const first = profiles.get(profile.name);
    profiles.set(profile.name, first === undefined ? profile : joinProfiles(first, profile));
  }
  checkCoordinates(check, axes);
  for (const profile of profiles.values()) {
    checkCoordinates(check, new Map([...axes, ...profile.axes]));
  }
  const stages = new Map(all.flatMap((part) => [...part.stages]));
  return { file: main.file, doctor: main.doctor, axes, stages, profiles };
}

function joinProfiles(first: Profile, second: Profile): Profile {
  return {
    ...first,
    axes: new Map([...first.axes, ...second.axes]),
    stages: new Map([...first.stages, ...second.stages]),
  };
}

/** Names in different files must differ in more than case; the parser checks those in one file. */
function checkNames(
  check: Checker,
  kind: string,
  all: readonly Declarations[],
  of: (part: Declarations) => ReadonlyMap<string, { readonly nameRange: Located<string>['range'] }>,
): void {
  const owners = new Map<string, string>();
  for (const part of all) {
    for (const [name, { nameRange }] of of(part)) {
      const owner = owners.get(name.toLowerCase());
      if (owner !== undefined) {
        const message = `${kind} '${name}' is already declared in ${owner}`;
        check.report(nameRange, message, 'rename one of the two');
      }
    }
    for (const name of of(part).keys()) owners.set(name.toLowerCase(), part.file);
  }
}

/** On the command line a name must mean either a stage or a group. */
function checkGroupNames(check: Checker, all: readonly Declarations[]): void {
  const groups = new Set(all.map(({ group }) => group?.value));
  for (const { name, nameRange } of all.flatMap(({ stages }) => [...stages.values()])) {
    if (groups.has(name)) {
      check.report(
        nameRange,
        `'${name}' is the name of a group, so no stage can have it`,
        'rename it',
      );
    }
  }
}
