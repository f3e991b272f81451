import type { Cache } from '../cache/cache.ts';
import type { Graph, Instance, InstanceId } from '../pipeline/graph.ts';
import { type Assessment, assessAll, type CodeDigestOf } from './assess.ts';
import type { Selection } from './selection.ts';
import type { Untouched } from './untouched.ts';

/** What was found about the instances that a run is about. */
export interface Findings {
  /** Those that were looked at, and what they read from, in the order of the graph. */
  readonly instances: readonly Instance[];
  readonly assessments: ReadonlyMap<InstanceId, Assessment>;
  /** The others: all of them are current. */
  readonly rest: Untouched | undefined;
}

/** Looks at what a selection is about, as far as nothing is known of it. */
export async function lookAt(
  { cache, codeOf }: { readonly cache: Cache; readonly codeOf: CodeDigestOf },
  graph: Graph,
  selection: Selection,
  force: boolean,
): Promise<Findings> {
  const rest = selection.isDefault && !force ? cache.untouched(graph, codeOf) : undefined;
  const instances = rest?.near ?? selection.instances;
  const isForced = (id: InstanceId) => force && selection.targets.has(id);
  const assessments = await assessAll(cache, instances, codeOf, isForced, rest?.current);
  return { instances, assessments, rest };
}
