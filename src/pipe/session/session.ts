import { setImmediate as nextTurn } from 'node:timers/promises';
import { realClock } from '../core/clock.ts';
import { listSome } from '../core/collections.ts';
import { explainDiskFault, RunError } from '../core/errors.ts';
import { describeMachine } from '../core/machine.ts';
import { noteCurrent, type Survey } from '../current/survey.ts';
import { totalsOf } from '../current/unaffected.ts';
import { assertContained } from '../disk/containment.ts';
import { acquireLock } from '../disk/lock.ts';
import type { RunCounts, RunEvent, StageCount } from '../events/events.ts';
import { nothingToDo } from '../events/events.ts';
import { keepManifests, rememberRaw } from '../explain/code-manifests.ts';
import { PastActions } from '../explain/past-actions.ts';
import { assertRawThere } from '../inputs/missing.ts';
import { argumentsOf } from '../pipeline/arguments.ts';
import type { InstanceId } from '../pipeline/graph.ts';
import { runIds, writeRun } from '../runs/files.ts';
import { RunJournal } from '../runs/journal.ts';
import { newRunId, type RunRecord } from '../runs/record.ts';
import { type InstanceRun, RunRecorder } from '../runs/recorder.ts';
import { describeLeftJobs } from '../slurm/left-jobs.ts';
import { clearLeftovers } from './exclusive.ts';
import type { SessionOptions, SessionResult } from './options.ts';
import { type Capacity, capacityOf, unlimited } from './queue.ts';
import { nextRound, type Round, surveyRound, warnOfRepeats } from './rounds.ts';
import { runInstances } from './run.ts';
import { estimateSeconds } from './schedule.ts';
import { removeLeftovers } from './undeclared.ts';

/** One `pipe run`. With nothing to do it takes no lock and leaves no record. */
export async function runSession(options: SessionOptions): Promise<SessionResult> {
  const { project, graph, selection, emit } = options;
  const { cache } = project;
  const look = () => surveyRound(options, { graph, selection });
  const first = await look();
  if (isDone(first.survey)) {
    await rememberRaw(cache, first.survey.instances);
    cache.save();
    await removeOwnLeftovers(options, first, false);
    const { instances, unaffected } = first.survey;
    if (selection.isDefault) await noteCurrent(project, graph, first.survey, () => undefined);
    const event = nothingToDo(instances.length + (unaffected?.count ?? 0));
    emit(event);
    return { ok: true, counts: event.counts };
  }
  await assertRawThere(cache.raw, first.survey.instances);
  assertInputsReady(first);
  assertContained(cache.disk, cache.paths);
  const lock = acquireLock(cache.disk, cache.paths.lock);
  try {
    // Another run may have ended between the first look and the lock.
    const current = cache.refresh() ? await look() : first;
    assertInputsReady(current);
    return await runRecorded(options, current);
  } catch (error) {
    throw explainDiskFault(error, 'write to the cache');
  } finally {
    cache.save();
    lock.release();
  }
}

/** Where nothing was known from the last time, something may have gone from the pipeline since. */
async function removeOwnLeftovers(
  { project, sets, allProfiles, emit }: SessionOptions,
  { graph, selection, survey: { unaffected } }: Round,
  isLocked: boolean,
): Promise<void> {
  if (allProfiles === undefined || !selection.isDefault) return;
  if (sets.length > 0 || unaffected !== undefined) return;
  await removeLeftovers(project.cache, graph, allProfiles, emit, isLocked);
}

function isDone({ assessments }: Survey): boolean {
  for (const { state } of assessments.values()) if (state !== 'current') return false;
  return true;
}

/**
 * With --only, what the stage needs must be there: it is never made on the way.
 * @throws {RunError}
 */
function assertInputsReady({ graph: { profile }, selection, survey }: Round): void {
  const { mayRun } = selection;
  const { instances, assessments } = survey;
  const isReady = (id: InstanceId) => {
    const state = assessments.get(id)?.state;
    return state === 'current' || state === 'restorable';
  };
  const missing = instances.filter((instance) => !mayRun(instance) && !isReady(instance.id));
  if (missing.length === 0) return;
  const which = listSome(
    missing.map(({ id }) => id),
    1,
  );
  const stages = new Set(missing.map(({ stage }) => stage));
  const command = `npx pipe run${argumentsOf([...stages], profile)}`;
  throw new RunError(`inputs are missing or outdated: ${which} must run first`, command);
}

/** Runs what a survey found outdated, and records the run; only for the holder of the lock. */
async function runRecorded(options: SessionOptions, first: Round): Promise<SessionResult> {
  const { project, executor, jobs } = options;
  const { cache, workers } = project;
  const { disk, paths } = cache;
  const { profile } = first.graph;
  // First of all: they could write to what is removed here.
  await workers.endOrphans(executor.pids);
  clearLeftovers(cache);
  const started = new Date();
  const run = newRunId(started, runIds(disk, paths.runs).at(-1));
  const clock = options.clock ?? realClock;
  const recorder = new RunRecorder(() => clock.now());
  const journal = new RunJournal(disk, paths.journal(run), () => clock.now(), Number(started));
  const emit = (event: RunEvent) => {
    recorder.note(event);
    journal.note(event);
    options.emit(event);
  };
  cache.onMovedAside = (path, to) => {
    const message = `${paths.show(path)} was not made by the pipeline, and stood in an artifact's place: it is now ${paths.show(to)}`;
    emit({ type: 'warning', message });
  };

  const past = new PastActions(cache, project.codes);
  const { remote } = executor;
  const left = remote === undefined ? describeLeftJobs(disk, paths) : undefined;
  if (left !== undefined) emit({ type: 'warning', message: left });
  await remote?.open((message) => emit({ type: 'warning', message }));
  const capacity = remote === undefined ? capacityOf(jobs) : unlimited(remote.most);
  // Of what an executor elsewhere is given, some only waits.
  const atOnce = remote === undefined ? capacity : unlimited(remote.jobs);
  const estimate = expectedSeconds(first.survey, atOnce, past);
  emit({
    type: 'run-started',
    run,
    profile,
    jobs: remote?.jobs ?? capacity.cpus,
    stages: countStages(first.survey),
    ...(estimate === undefined ? {} : { estimate }),
  });
  warnOfRepeats(first.graph, emit);
  // git is asked while the first stages run.
  const asked = nextTurn()
    .then(() => options.commit(project.root))
    .catch(() => ({}));
  const begin = performance.now();
  const runRound = async ({ survey, selection, isForced }: Round) => {
    const { instances, assessments } = survey;
    recorder.begin(instances, assessments);
    await keepManifests(project, instances);
    await runInstances({
      ...options,
      run,
      cache,
      emit,
      instances,
      assessments,
      codeOf: project.codeOf,
      isForced,
      capacity,
      mayRun: selection.mayRun,
      secondsOf: (instance) => past.seconds(instance),
      reasonOf: (instance, outdated) => past.reason(instance, outdated),
      clock,
    });
  };
  const { last, fault } = await runRounds({ ...options, emit }, first, recorder, runRound);
  const seconds = (performance.now() - begin) / 1000;
  options.settled?.();
  const { graph, selection, survey } = last;
  const counted = recorder.counts;
  const counts = { ...counted, current: counted.current + (survey.unaffected?.count ?? 0) };
  const ok = hasSucceeded(counts) && !selection.isOpen && fault === undefined;
  const record: RunRecord = {
    id: run,
    started: started.toISOString(),
    seconds,
    ok,
    counts,
    profile,
    sets: options.sets,
    targets: options.targets,
    ...(await asked),
    failures: recorder.failures,
    machine: describeMachine(),
  };
  writeRun(disk, paths.runs, record, [...othersOf(survey), ...recorder.instances]);
  if (ok) await removeOwnLeftovers({ ...options, emit }, last, true);
  if (ok && selection.isDefault) {
    await noteCurrent(project, graph, survey, (id) => {
      const key = recorder.keyOf(id);
      return key === undefined ? undefined : cache.actions.get(key);
    });
  }
  emit({ type: 'run-finished', run, ok, seconds, counts });
  journal.close();
  if (fault !== undefined) throw fault.error;
  return { ok, counts };
}

/** Runs all that the tables made on the way lead to. Stops at a failure, or at a table that is of no use. */
async function runRounds(
  options: SessionOptions,
  first: Round,
  recorder: RunRecorder,
  runRound: (round: Round) => Promise<void>,
): Promise<{ readonly last: Round; readonly fault?: { readonly error: unknown } }> {
  let last = first;
  for (;;) {
    await runRound(last);
    if (!hasSucceeded(recorder.counts)) return { last };
    try {
      const next = await nextRound(options, last, recorder.hasRun);
      if (next === undefined) return { last };
      last = next;
    } catch (error) {
      return { last, fault: { error } };
    }
    options.emit({ type: 'run-extended', stages: countStages(last.survey) });
  }
}

function hasSucceeded({ failed, skipped, cancelled, left = 0 }: RunCounts): boolean {
  return failed + skipped + cancelled + left === 0;
}

/** Those that were current and not even assessed. */
function* othersOf({ unaffected }: Survey): IterableIterator<InstanceRun> {
  for (const { instance, stage, key } of unaffected?.others() ?? []) {
    yield { instance, stage, status: 'current', key, attempts: 0 };
  }
}

/** If all instances that may run do; `undefined` unless the duration of each is known. */
function expectedSeconds(
  { instances, assessments }: Survey,
  capacity: Capacity,
  past: PastActions,
): number | undefined {
  const work = instances.filter(({ id }) => {
    const state = assessments.get(id)?.state;
    return state === 'outdated' || state === 'waiting';
  });
  if (work.some((instance) => past.seconds(instance) === undefined)) return undefined;
  return estimateSeconds(work, capacity, (instance) => past.seconds(instance) ?? 0);
}

function countStages({ instances, assessments, unaffected }: Survey): readonly StageCount[] {
  const open = new Map<string, number>();
  for (const { stage, id } of instances) {
    if (assessments.get(id)?.state !== 'current') open.set(stage, (open.get(stage) ?? 0) + 1);
  }
  const totals = unaffected?.totals ?? totalsOf(instances.map(({ stage }) => stage));
  return totals.map(({ stage, total }) => {
    return { stage, total, current: total - (open.get(stage) ?? 0) };
  });
}
