import { join, sep } from 'node:path';
import type { Cache } from '../cache/cache.ts';
import { listSome } from '../core/collections.ts';
import { acquireLock } from '../disk/lock.ts';
import type { Emit } from '../events/events.ts';
import type { Graph } from '../pipeline/graph.ts';
import { pendingStages } from '../pipeline/mapped.ts';

/** Absolute paths of all artifacts of some graphs. */
export function declaredPaths(
  { paths }: Pick<Cache, 'paths'>,
  graphs: readonly Pick<Graph, 'instances'>[],
): ReadonlySet<string> {
  const declared = new Set<string>();
  for (const { instances } of graphs) {
    for (const instance of instances) {
      for (const name of Object.keys(instance.outputs))
        declared.add(paths.artifact(instance, name));
    }
  }
  return declared;
}

/** Whether a path is an artifact of a stage whose instances are not known in one of the graphs: it may be theirs. */
export function ofPendingStages(
  { paths }: Pick<Cache, 'paths'>,
  graphs: readonly Graph[],
): (path: string) => boolean {
  const stages = graphs.flatMap((graph) => [...pendingStages(graph).keys()]);
  const folders = stages.map((stage) => join(paths.artifacts, stage, sep));
  return (path) => folders.some((folder) => path.startsWith(folder));
}

/**
 * Removes from artifacts/ what the pipeline made and no profile declares any more. Says how much, and does
 * nothing where another run is in progress.
 *
 * @param others graphs of the other profiles; asked for only if there is something
 */
export async function removeLeftovers(
  cache: Cache,
  graph: Graph,
  others: () => Promise<readonly Graph[]>,
  emit: Emit,
  isLocked: boolean,
): Promise<void> {
  const { places, paths } = cache;
  const own = await places.undeclared(declaredPaths(cache, [graph]));
  if (own.leftovers.length === 0) return;
  const all = await others().catch(() => undefined);
  // Without the other profiles nobody knows what is theirs.
  if (all === undefined) return;
  const declared = declaredPaths(cache, [graph, ...all]);
  const isOfPending = ofPendingStages(cache, all);
  const undeclared = await places.undeclared(declared);
  const leftovers = undeclared.leftovers.filter((path) => !isOfPending(path));
  if (leftovers.length === 0) return;
  const lock = isLocked ? undefined : acquireLock(cache.disk, paths.lock);
  try {
    places.remove(leftovers);
  } finally {
    lock?.release();
  }
  const what = listSome(
    leftovers.map((path) => paths.show(path)),
    1,
  );
  emit({ type: 'warning', message: `removed ${what}: the pipeline no longer makes it` });
}
