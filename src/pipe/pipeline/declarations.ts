import type { Checker } from '../core/diagnostic.ts';
import { suggest } from '../core/suggest.ts';
import type { Place } from '../yaml/place.ts';
import { toAxis } from './axes.ts';
import type { GroupDeclaration } from './grammar.ts';
import type { Axis, PipelineSpec, StageSpec } from './spec.ts';

/** The file that declares something. */
interface Origin {
  readonly file: string;
  /** For messages: `the pipeline`, `group 'studies'`. */
  readonly owner: string;
  /** `undefined` for the pipeline file. */
  readonly group: string | undefined;
  readonly place: Place;
}

/** What one file declares. */
export interface Declarations extends Omit<PipelineSpec, 'doctor'>, Origin {}

/** Connects what a file declares with its places, and checks it for itself. */
export function declarationsOf(
  check: Checker,
  { axes, stages, profiles }: GroupDeclaration,
  origin: Origin,
): Declarations {
  const { owner, group, place } = origin;
  return {
    ...origin,
    axes: axesAt(axes, place),
    stages: stagesAt(stages, place),
    profiles: mapEntries(profiles, (change, name) => {
      const at = place.at('profiles', name);
      checkDeclared(name, 'axis', change.axes, axes, at.at('axes'));
      checkDeclared(name, 'stage', change.stages, stages, at.at('stages'));
      return { axes: axesAt(change.axes, at), stages: stagesAt(change.stages, at) };
    }),
  };

  function axesAt(declared: GroupDeclaration['axes'], at: Place): ReadonlyMap<string, Axis> {
    return mapEntries(declared, (values, name) => toAxis(check, name, values, at.at('axes', name)));
  }

  function stagesAt(declared: GroupDeclaration['stages'], at: Place) {
    return mapEntries(declared, (stage, name): StageSpec => {
      return { ...stage, name, place: at.at('stages', name), group };
    });
  }

  function checkDeclared(profile: string, kind: string, changes: object, all: object, at: Place) {
    for (const name of Object.keys(changes)) {
      if (Object.hasOwn(all, name)) continue;
      const message = `profile '${profile}' changes ${kind} '${name}', which ${owner} does not declare`;
      check.report(at.at(name).key, message, suggest(name, Object.keys(all)));
    }
  }
}

function mapEntries<T, U>(
  record: Readonly<Record<string, T>>,
  change: (value: T, key: string) => U,
): ReadonlyMap<string, U> {
  return new Map(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}
