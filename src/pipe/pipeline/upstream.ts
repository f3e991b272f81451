import type { Instance, InstanceId } from './graph.ts';

/** Ids of the instances that an instance reads from directly or has its axes from, each once. */
export function upstreamOf(instance: Instance): readonly InstanceId[] {
  const ids = new Set<InstanceId>(instance.after);
  for (const { sources } of instance.inputs) for (const source of sources) ids.add(source.instance);
  return [...ids];
}

/**
 * The wanted instances and all their upstream, in the order of the graph.
 *
 * @param instances of the whole graph
 */
export function withUpstream(
  instances: readonly Instance[],
  wanted: Iterable<InstanceId>,
): readonly Instance[] {
  const ids = new Set(wanted);
  return instances
    .toReversed()
    .filter((instance) => {
      if (!ids.has(instance.id)) return false;
      for (const id of upstreamOf(instance)) ids.add(id);
      return true;
    })
    .reverse();
}
