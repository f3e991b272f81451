import { groupBy } from '../../tables/group-by.ts';
import type { InstanceId } from '../pipeline/graph.ts';
import { parseSelector } from '../pipeline/selectors.ts';

/** Corresponding instances of two versions, and those that only one of them has. */
export interface Pairs {
  readonly both: readonly (readonly [before: InstanceId, after: InstanceId])[];
  readonly removed: readonly InstanceId[];
  readonly added: readonly InstanceId[];
}

/**
 * Pairs instances by id. The rest, as between profiles, are paired ignoring the axes on which the two
 * versions have no value in common: `train[size=9,seed=1]` with `train[size=27,seed=1]`, if one version
 * has only 9 cards and the other only 27. An ambiguous instance is paired with none.
 */
export function pairUp(before: readonly InstanceId[], after: readonly InstanceId[]): Pairs {
  const idsBefore = new Set(before);
  const shared = new Set(after.filter((id) => idsBefore.has(id)));
  const both = [...shared].map((id): readonly [InstanceId, InstanceId] => [id, id]);
  const onlyBefore = before.filter((id) => !shared.has(id));
  const onlyAfter = after.filter((id) => !shared.has(id));
  const ignored = axesWithoutCommonValue(before, after);
  const nameOf = (id: InstanceId) => reducedName(id, ignored);
  const candidates = groupBy(onlyAfter, nameOf);
  const rivals = groupBy(onlyBefore, nameOf);
  const removed: InstanceId[] = [];
  const paired = new Set<InstanceId>();
  for (const id of onlyBefore) {
    const name = nameOf(id);
    const [match, ...others] = candidates.get(name) ?? [];
    if (match === undefined || others.length > 0 || rivals.get(name)?.length !== 1) {
      removed.push(id);
    } else {
      both.push([id, match]);
      paired.add(match);
    }
  }
  return { both, removed, added: onlyAfter.filter((id) => !paired.has(id)) };
}

/** Axes to ignore, by stage. */
function axesWithoutCommonValue(
  before: readonly InstanceId[],
  after: readonly InstanceId[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const [valuesBefore, valuesAfter] = [valuesOf(before), valuesOf(after)];
  return new Map(
    [...valuesBefore].map(([stage, axes]) => {
      const names = [...axes].filter(([axis, values]) => {
        const others = valuesAfter.get(stage)?.get(axis);
        return others !== undefined && ![...values].some((value) => others.has(value));
      });
      return [stage, new Set(names.map(([axis]) => axis))];
    }),
  );
}

/** Stage -> axis -> values. */
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

/** The id without the ignored axes. */
function reducedName(id: InstanceId, ignored: ReadonlyMap<string, ReadonlySet<string>>): string {
  const { stage, coordinates } = partsOf(id);
  const kept = [...coordinates].filter(([axis]) => ignored.get(stage)?.has(axis) !== true);
  return JSON.stringify([stage, kept]);
}

function partsOf(id: InstanceId) {
  const parts = parseSelector(id);
  return 'stage' in parts ? parts : { stage: id, coordinates: new Map<string, string>() };
}
