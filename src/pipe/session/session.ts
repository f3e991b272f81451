import { explainDiskFault, RunError } from '../core/errors.ts';
import type { Selection } from '../current/selection.ts';
import { noteCurrent, type Survey, survey } from '../current/survey.ts';
import { assertContained } from '../disk/containment.ts';
import { acquireLock } from '../disk/lock.ts';
import { nothingToDo } from '../events/events.ts';
import type { InstanceId } from '../pipeline/graph.ts';
import type { SessionOptions, SessionResult } from './options.ts';
import { recordedRun } from './recorded-run.ts';

/** One `pipe run`. With nothing to do it takes no lock and leaves no record. */
export async function runSession(options: SessionOptions): Promise<SessionResult> {
  const { project, graph, selection, force, emit } = options;
  const { cache } = project;
  const look = () => survey(project, graph, selection, force);
  const first = await look();
  if (isDone(first)) {
    cache.save();
    if (selection.isDefault) noteCurrent(project, graph, first, () => undefined);
    const event = nothingToDo(first.instances.length + (first.unaffected?.count ?? 0));
    emit(event);
    return { ok: true, counts: event.counts };
  }
  assertInputsReady(selection, first, graph.profile);
  assertContained(cache.disk, cache.paths);
  const lock = acquireLock(cache.disk, cache.paths.lock);
  try {
    // Another run may have ended between the first look and the lock.
    const found = cache.refresh() ? await look() : first;
    assertInputsReady(selection, found, graph.profile);
    return await recordedRun(options, found);
  } catch (error) {
    throw explainDiskFault(error, 'write to the cache');
  } finally {
    cache.save();
    lock.release();
  }
}

function isDone({ assessments }: Survey): boolean {
  for (const { state } of assessments.values()) if (state !== 'current') return false;
  return true;
}

/**
 * With --only, what the stage needs must be there: it is never made on the way.
 * @throws {RunError}
 */
function assertInputsReady(
  { mayRun }: Selection,
  { instances, assessments }: Survey,
  profile: string,
): void {
  const isReady = (id: InstanceId) => {
    const state = assessments.get(id)?.state;
    return state === 'current' || state === 'restorable';
  };
  const missing = instances.filter((instance) => !mayRun(instance) && !isReady(instance.id));
  if (missing.length === 0) return;
  const stages = [...new Set(missing.map(({ stage }) => stage))];
  const [first] = missing;
  const others = missing.length === 1 ? '' : ` and ${missing.length - 1} more`;
  throw new RunError(
    `inputs are missing or outdated: ${first.id}${others} must run first`,
    `npx pipe run ${stages.join(' ')}${profile === 'default' ? '' : ` --profile ${profile}`}`,
  );
}
