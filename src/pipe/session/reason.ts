import type { Outdated } from '../current/assess.ts';
import { summarise } from '../explain/format.ts';
import type { PastActions } from '../explain/past-actions.ts';
import type { Instance } from '../pipeline/graph.ts';

/** Why an instance has to run, in a few words. */
export function reasonOf(past: PastActions, instance: Instance, found: Outdated): string {
  if (found.lost.length > 0) return 'its artifacts are lost';
  const changes = past.changes(instance, found.fingerprint);
  if (changes === undefined) return 'it never ran';
  return changes.length === 0 ? 'forced' : summarise(changes);
}
