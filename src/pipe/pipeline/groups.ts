import type { Checker } from '../core/diagnostic.ts';
import { suggest } from '../core/suggest.ts';
import type { Place } from '../yaml/place.ts';
import { checkCoordinates, toAxis } from './axes.ts';
import type { GroupDeclaration } from './grammar.ts';
import type { Axis, PipelineSpec, StageSpec } from './spec.ts';

/** The pipeline file or the file of a group. */
export interface DeclaredFile {
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

/**
 * Merges the groups' files into the pipeline's: one set of axes, stages and profiles with unique names.
 * A profile that several files declare applies all their changes.
 *
 * @param files the pipeline file first
 */
export function joinGroups(
  check: Checker,
  files: readonly DeclaredFile[],
): Omit<PipelineSpec, 'doctor'> {
  const all: Parts = { axes: new Map(), stages: new Map() };
  const profiles = new Map<string, Parts>();
  for (const file of files) {
    addParts(check, all, file.declared, file.place, file.group);
    for (const [name, change] of Object.entries(file.declared.profiles)) {
      const profile = profiles.get(name) ?? { axes: new Map(), stages: new Map() };
      profiles.set(name, profile);
      const place = file.place.at('profiles', name);
      checkDeclared(check, `profile '${name}' changes axis`, change, file, place, 'axes');
      checkDeclared(check, `profile '${name}' changes stage`, change, file, place, 'stages');
      addParts(check, profile, change, place, file.group);
    }
  }
  checkNames(check, 'axis', files, 'axes');
  checkNames(check, 'stage', files, 'stages');
  const groups = new Set(files.map(({ group }) => group));
  for (const { name, place } of all.stages.values()) {
    if (!groups.has(name)) continue;
    // On the command line a name must mean either a stage or a group.
    const message = `'${name}' is the name of a group, so no stage can have it`;
    check.report(place.key, message, 'rename it');
  }
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

/** A profile changes only what its own file declares. */
function checkDeclared(
  check: Checker,
  what: string,
  change: Pick<GroupDeclaration, 'axes' | 'stages'>,
  { declared, owner }: DeclaredFile,
  place: Place,
  kind: 'axes' | 'stages',
): void {
  for (const name of Object.keys(change[kind])) {
    if (Object.hasOwn(declared[kind], name)) continue;
    const message = `${what} '${name}', which ${owner} does not declare`;
    check.report(place.at(kind, name).key, message, suggest(name, Object.keys(declared[kind])));
  }
}

/** Names in different files must differ in more than case; the schema checks those in one file. */
function checkNames(
  check: Checker,
  what: string,
  files: readonly DeclaredFile[],
  kind: 'axes' | 'stages',
): void {
  const owners = new Map<string, string>();
  for (const { declared, path, place } of files) {
    for (const name of Object.keys(declared[kind])) {
      const owner = owners.get(name.toLowerCase()) ?? path;
      owners.set(name.toLowerCase(), owner);
      if (owner === path) continue;
      const message = `${what} '${name}' is already declared in ${owner}`;
      check.report(place.at(kind, name).key, message, 'rename one of the two');
    }
  }
}
