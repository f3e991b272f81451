import type { Fields } from './fields.ts';
import { checkCoordinates } from './parse-axis.ts';
import type { Located, PipelineSpec, Profile } from './spec.ts';

/** What one file declares; `group` is the one that the file belongs to. */
export interface Declarations extends PipelineSpec {
  readonly group: Located<string> | undefined;
}

/**
 * Joins the groups' files to the pipeline's: one set of axes, stages and profiles, in which a name
 * means one thing. A profile of several files changes in each what that file declares.
 */
export function joinGroups(
  fields: Fields,
  main: Declarations,
  groups: readonly Declarations[],
): PipelineSpec {
  const all = [main, ...groups];
  checkNames(fields, 'axis', all, ({ axes }) => axes);
  checkNames(fields, 'stage', all, ({ stages }) => stages);
  checkGroupNames(fields, all);
  const axes = new Map(all.flatMap((part) => [...part.axes]));
  const profiles = new Map<string, Profile>();
  for (const profile of all.flatMap((part) => [...part.profiles.values()])) {
    const former = profiles.get(profile.name);
    profiles.set(profile.name, former === undefined ? profile : joinProfiles(former, profile));
  }
  checkCoordinates(fields, axes);
  for (const profile of profiles.values()) {
    checkCoordinates(fields, new Map([...axes, ...profile.axes]));
  }
  const stages = new Map(all.flatMap((part) => [...part.stages]));
  return { file: main.file, doctor: main.doctor, axes, stages, profiles };
}

function joinProfiles(former: Profile, added: Profile): Profile {
  return {
    ...former,
    axes: new Map([...former.axes, ...added.axes]),
    stages: new Map([...former.stages, ...added.stages]),
  };
}

/** Names of different files must differ in more than case; within a file the parser sees to it. */
function checkNames(
  fields: Fields,
  kind: string,
  all: readonly Declarations[],
  of: (part: Declarations) => ReadonlyMap<string, { readonly nameRange: Located<string>['range'] }>,
): void {
  const owners = new Map<string, string>();
  for (const part of all) {
    for (const [name, { nameRange }] of of(part)) {
      const owner = owners.get(name.toLowerCase());
      if (owner !== undefined) {
        const message = `${kind} '${name}' is declared in ${owner} already`;
        fields.report(nameRange, message, 'rename one of the two');
      }
    }
    for (const name of of(part).keys()) owners.set(name.toLowerCase(), part.file);
  }
}

/** On the command line a name stands for a stage or for a group. */
function checkGroupNames(fields: Fields, all: readonly Declarations[]): void {
  const groups = new Set(all.map(({ group }) => group?.value));
  for (const { name, nameRange } of all.flatMap(({ stages }) => [...stages.values()])) {
    if (groups.has(name)) {
      fields.report(nameRange, `'${name}' is a group: no stage can have its name`, 'rename it');
    }
  }
}
