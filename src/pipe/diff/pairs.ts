import type { InstanceId } from '../pipeline/graph.ts';
import { parseSelector } from '../pipeline/selectors.ts';

/** Instances of two versions that correspond, and those that only one of them has. */
export interface Pairs {
  readonly both: readonly (readonly [before: InstanceId, after: InstanceId])[];
  readonly removed: readonly InstanceId[];
  readonly added: readonly InstanceId[];
}

/**
 * Pairs instances by name. Those of a stage without a namesake, as between profiles, are paired by the
 * coordinates on axes of which both versions have a value in common: `train[deck=9,dim=8]` with
 * `train[deck=27,dim=8]`, if one version has 9 cards only and the other 27 only.
 */
export function pairUp(before: readonly InstanceId[], after: readonly InstanceId[]): Pairs {
  const former = new Set(before);
  const namesakes = new Set(after.filter((id) => former.has(id)));
  const both = [...namesakes].map((id) => [id, id] as const);
  const left = before.filter((id) => !namesakes.has(id));
  const right = after.filter((id) => !namesakes.has(id));
  const apart = axesApart(before, after);
  const candidates = groupBy(right, (id) => reducedName(id, apart));
  const removed: InstanceId[] = [];
  const taken = new Set<InstanceId>();
  const own = groupBy(left, (id) => reducedName(id, apart));
  for (const id of left) {
    const name = reducedName(id, apart);
    const [match, ...more] = candidates.get(name) ?? [];
    // Several that would do: none of them is said to be the one.
    if (match === undefined || more.length > 0 || own.get(name)?.length !== 1) removed.push(id);
    else {
      both.push([id, match]);
      taken.add(match);
    }
  }
  return { both, removed, added: right.filter((id) => !taken.has(id)) };
}

/** By stage: axes of which the versions have no value in common. */
function axesApart(
  before: readonly InstanceId[],
  after: readonly InstanceId[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const [left, right] = [valuesOf(before), valuesOf(after)];
  return new Map(
    [...left].map(([stage, axes]) => {
      const names = [...axes].filter(([axis, values]) => {
        const others = right.get(stage)?.get(axis);
        return others !== undefined && ![...values].some((value) => others.has(value));
      });
      return [stage, new Set(names.map(([axis]) => axis))];
    }),
  );
}

function valuesOf(ids: readonly InstanceId[]) {
  const stages = new Map<string, Map<string, Set<string>>>();
  for (const id of ids) {
    const { stage, coordinates } = partsOf(id);
    const axes = stages.get(stage) ?? new Map<string, Set<string>>();
    stages.set(stage, axes);
    for (const [axis, value] of coordinates) {
      const values = axes.get(axis) ?? new Set<string>();
      axes.set(axis, values.add(value));
    }
  }
  return stages;
}

function reducedName(id: InstanceId, apart: ReadonlyMap<string, ReadonlySet<string>>): string {
  const { stage, coordinates } = partsOf(id);
  const kept = [...coordinates].filter(([axis]) => apart.get(stage)?.has(axis) !== true);
  return JSON.stringify([stage, kept]);
}

function partsOf(id: InstanceId) {
  const parts = parseSelector(id);
  return 'stage' in parts ? parts : { stage: id, coordinates: new Map<string, string>() };
}

function groupBy(ids: readonly InstanceId[], keyOf: (id: InstanceId) => string) {
  const groups = new Map<string, InstanceId[]>();
  for (const id of ids) {
    const group = groups.get(keyOf(id));
    if (group === undefined) groups.set(keyOf(id), [id]);
    else group.push(id);
  }
  return groups;
}
