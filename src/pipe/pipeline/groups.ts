import type { Checker } from '../core/diagnostic.ts';
import { suggest } from '../core/suggest.ts';
import type { Place } from '../yaml/place.ts';
import { checkCoordinates, toAxis } from './axes.ts';
import type { GroupDeclaration } from './grammar.ts';
import type { Axis, PipelineSpec, StageSpec } from './spec.ts';

/** The pipeline file or the file of a group. */
interface DeclaredFile {
  readonly path: string;
  /** For messages: `the pipeline`, `group 'studies'`. */
  readonly owner: string;
  /** `undefined` for the pipeline file. */
  readonly group: string | undefined;
  readonly place: Place;
  readonly declared: GroupDeclaration;
}

interface Parts {
  readonly axes: Map<string, Axis>;
  readonly stages: Map<string, StageSpec>;
}

/** What has names, as in messages. */
const KINDS = [
  ['axes', 'axis'],
  ['stages', 'stage'],
] as const;

/**
 * Merges the groups' files into the pipeline's: one set of axes, stages and profiles with unique names.
 * A profile that several files declare applies all their changes.
 *
 * @param files the pipeline file first
 */
export function joinGroups(
  check: Checker,
  files: readonly DeclaredFile[],
): Omit<PipelineSpec, 'doctor' | 'report'> {
  const all: Parts = { axes: new Map(), stages: new Map() };
  const profiles = new Map<string, Parts>();
  for (const { declared, owner, place, group } of files) {
    addParts(check, all, declared, place, group);
    for (const [name, change] of Object.entries(declared.profiles)) {
      const own = place.at('profiles', name);
      for (const [key, kind] of KINDS) {
        const known = Object.keys(declared[key]);
        for (const other of Object.keys(change[key]).filter((one) => !known.includes(one))) {
          const message = `profile '${name}' changes ${kind} '${other}', which ${owner} does not declare`;
          check.report(own.at(key, other).key, message, suggest(other, known));
        }
      }
      const profile = profiles.get(name) ?? { axes: new Map(), stages: new Map() };
      profiles.set(name, profile);
      addParts(check, profile, change, own, group);
    }
  }
  checkNames(check, files);
  checkCoordinates(check, all.axes);
  for (const { axes } of profiles.values()) {
    checkCoordinates(check, new Map([...all.axes, ...axes]));
  }
  return { ...all, profiles };
}

function addParts(
  check: Checker,
  { axes, stages }: Parts,
  declared: Pick<GroupDeclaration, 'axes' | 'stages'>,
  place: Place,
  group: string | undefined,
): void {
  for (const [name, values] of Object.entries(declared.axes)) {
    axes.set(name, toAxis(check, name, values, place.at('axes', name)));
  }
  for (const [name, stage] of Object.entries(declared.stages)) {
    stages.set(name, { ...stage, name, place: place.at('stages', name), group });
  }
}

/** Names in different files must differ in more than case; the schema checks those in one file. */
function checkNames(check: Checker, files: readonly DeclaredFile[]): void {
  const groups = files.map(({ group }) => group);
  for (const [key, kind] of KINDS) {
    const owners = new Map<string, string>();
    for (const { declared, path, place } of files) {
      for (const name of Object.keys(declared[key])) {
        const owner = owners.get(name.toLowerCase()) ?? path;
        owners.set(name.toLowerCase(), owner);
        const own = place.at(key, name);
        if (owner !== path) {
          const message = `${kind} '${name}' is already declared in ${owner}`;
          check.report(own.key, message, 'rename one of the two');
        } else if (kind === 'stage' && groups.includes(name)) {
          // On the command line a name must mean either a stage or a group.
          const message = `'${name}' is the name of a group, so no stage can have it`;
          check.report(own.key, message, 'rename it');
        }
      }
    }
  }
}
