import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Clock, realClock } from '../core/clock.ts';
import type { ActionKey } from '../core/digest.ts';
import { explainDiskFault, RunError } from '../core/errors.ts';
import { describeMachine } from '../core/machine.ts';
import type { Assessment, Outdated } from '../current/assess.ts';
import { type Findings, lookAt } from '../current/findings.ts';
import type { Selection } from '../current/selection.ts';
import { totalsOf } from '../current/untouched.ts';
import { assertContained } from '../disk/containment.ts';
import { acquireLock } from '../disk/lock.ts';
import {
  type Emit,
  nothingToDo,
  type RunCounts,
  type RunEvent,
  type StageCount,
} from '../events/events.ts';
import { summarise } from '../explain/format.ts';
import { PastActions } from '../explain/past-actions.ts';
import type { Graph, Instance, InstanceId } from '../pipeline/graph.ts';
import type { Project } from '../project/project.ts';
import type { RemoteCache } from '../remote/remote-cache.ts';
import { type Commit, lastRunId, newRunId } from '../runs/record.ts';
import { RunRecorder } from '../runs/recorder.ts';
import type { Executor } from '../workers/executor.ts';
import type { Capacity } from './capacity.ts';
import { capacityOf } from './capacity.ts';
import { estimateSeconds } from './estimate.ts';
import { clearLeftovers } from './leftovers.ts';
import { runInstances } from './run.ts';
import type { Drain } from './run-request.ts';

/** What a session needs of a project. */
export type Workplace = Pick<Project, 'root' | 'cache' | 'codes' | 'codeOf' | 'workers'>;

export interface SessionOptions {
  readonly project: Workplace;
  readonly executor: Executor;
  readonly graph: Graph;
  readonly selection: Selection;
  readonly force: boolean;
  readonly keepGoing: boolean;
  readonly jobs: number | undefined;
  readonly emit: Emit;
  /** Cancels the run. */
  readonly signal: AbortSignal;
  /** Ends the run early but gently, when an edit has outdated it. */
  readonly drain?: Drain;
  /** For the run record. */
  readonly commit: (root: string) => Promise<Commit>;
  readonly sets: readonly string[];
  readonly targets: readonly string[];
  /** Asked about what would have to run. */
  readonly remote?: RemoteCache;
  /** What there is to do, where that was looked at ahead. */
  readonly findings?: Findings;
  /** Told when nothing is going to run any more, before the run is written down. */
  readonly settled?: () => void;
  /** For tests. */
  readonly clock?: Clock;
}

export interface SessionResult {
  readonly ok: boolean;
  readonly counts: RunCounts;
}

/** One `pipe run`. With nothing to do it takes no lock and writes nothing. */
export async function runSession(options: SessionOptions): Promise<SessionResult> {
  const { project, graph, selection, force, emit } = options;
  const { cache } = project;
  const first = options.findings ?? (await lookAt(project, graph, selection, force));
  if (isDone(first)) {
    cache.save();
    keepCurrent(options, first, () => undefined);
    const event = nothingToDo(first.instances.length + (first.rest?.size ?? 0));
    emit(event);
    return { ok: true, counts: event.counts };
  }
  refuseUpstream(selection, first, graph.profile);
  assertContained(cache.disk, cache.paths);
  const lock = acquireLock(cache.disk, cache.paths.lock);
  try {
    // Another run may have ended between the first look and the lock.
    const found = cache.refresh() ? await lookAt(project, graph, selection, force) : first;
    refuseUpstream(selection, found, graph.profile);
    return await runLocked(options, found);
  } catch (error) {
    throw explainDiskFault(error, 'write to the cache');
  } finally {
    cache.save();
    lock.release();
  }
}

/** @param keyOf by which an instance came to be current that was not from the start */
function keepCurrent(
  { project: { cache, codeOf }, graph: { key }, selection }: SessionOptions,
  findings: Findings,
  keyOf: (id: InstanceId) => ActionKey | undefined,
): void {
  if (key === undefined || !selection.isDefault) return;
  cache.keepCurrent(key, findings, codeOf, (id) => {
    const first = findings.assessments.get(id);
    if (first?.state === 'current') return first;
    const made = keyOf(id);
    return made === undefined ? undefined : cache.actions.get(made);
  });
}

function isDone({ assessments }: Findings): boolean {
  for (const { state } of assessments.values()) if (state !== 'current') return false;
  return true;
}

/** With --only, what the stage needs must be there: it is never made on the way. */
function refuseUpstream(
  { mayRun }: Selection,
  { instances, assessments }: Findings,
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

async function runLocked(options: SessionOptions, findings: Findings): Promise<SessionResult> {
  const { project, graph, selection, force, keepGoing, jobs, sets, targets, signal, executor } =
    options;
  const { instances, assessments, rest } = findings;
  const { cache, workers } = project;
  // First of all: they could write to what is cleared away here.
  await workers.endOrphans(executor.pids);
  clearLeftovers(cache);
  const started = new Date();
  const run = newRunId(started, lastRunId(cache.disk, cache.paths.runs));
  const clock = options.clock ?? realClock;
  const recorder = new RunRecorder(() => clock.now());
  recorder.begin(instances, assessments);
  const emit = (event: RunEvent) => {
    recorder.note(event);
    options.emit(event);
  };
  keepManifests(project, instances);

  const history = new PastActions(cache, project.codes);
  const capacity = capacityOf(jobs);
  const estimate = expectedSeconds(instances, assessments, capacity, history);
  emit({
    type: 'run-started',
    run,
    profile: graph.profile,
    jobs: capacity.cpus,
    stages: countStages(findings),
    ...(estimate === undefined ? {} : { estimate }),
  });
  const begin = performance.now();
  const running = runInstances({
    run,
    cache,
    executor,
    emit,
    instances,
    assessments,
    codeOf: project.codeOf,
    isForced: (id) => force && selection.targets.has(id),
    capacity,
    keepGoing,
    signal,
    mayRun: selection.mayRun,
    ...(options.drain === undefined ? {} : { drain: options.drain }),
    ...(options.remote === undefined ? {} : { remote: options.remote }),
    clock,
    secondsOf: (instance) => history.seconds(instance),
    reasonOf: (instance, found) => reasonOf(history, instance, found),
  });
  const [{ counts, seconds }, commit, [files, untouched]] = await Promise.all([
    running.then(({ current, ...others }) => ({
      counts: { ...others, current: current + (rest?.size ?? 0) },
      seconds: (performance.now() - begin) / 1000,
    })),
    // What is not needed to start goes on while the first stages run.
    nextTurn().then(() => options.commit(project.root).catch(() => ({}))),
    nextTurn().then(async () => {
      const files = await import('../runs/files.ts');
      return [files, await files.encodeUntouched(rest?.columns)] as const;
    }),
  ]);
  options.settled?.();
  const ok = counts.failed + counts.skipped + counts.cancelled === 0;
  const facts = { id: run, started: started.toISOString(), seconds, ok, counts };
  const about = { profile: graph.profile, sets, targets, ...commit };
  const { failures } = recorder;
  const record = { ...facts, ...about, failures, machine: describeMachine() };
  const written = files.writeRun(cache, record, recorder, untouched);
  try {
    if (ok) keepCurrent(options, findings, (id) => recorder.keyOf(id));
  } finally {
    await written;
  }
  emit({ type: 'run-finished', run, ok, seconds, counts });
  return { ok, counts };
}

/** If each of the instances that may run takes its time; `undefined` unless all of these are known. */
function expectedSeconds(
  instances: readonly Instance[],
  assessments: ReadonlyMap<InstanceId, Assessment>,
  capacity: Capacity,
  history: PastActions,
): number | undefined {
  const work = instances.filter(({ id }) => {
    const state = assessments.get(id)?.state;
    return state === 'outdated' || state === 'waiting';
  });
  if (work.some((instance) => history.seconds(instance) === undefined)) return undefined;
  return estimateSeconds(work, capacity, (instance) => history.seconds(instance) ?? 0);
}

/** Why an instance has to run, in a few words. */
export function reasonOf(history: PastActions, instance: Instance, found: Outdated): string {
  if (found.lost.length > 0) return 'its artifacts are lost';
  const changes = history.changes(instance, found.fingerprint);
  if (changes === undefined) return 'it never ran';
  return changes.length === 0 ? 'forced' : summarise(changes);
}

function countStages({ instances, assessments, rest }: Findings): readonly StageCount[] {
  const open = new Map<string, number>();
  for (const { stage, id } of instances) {
    if (assessments.get(id)?.state !== 'current') open.set(stage, (open.get(stage) ?? 0) + 1);
  }
  const totals = rest?.totals ?? totalsOf(instances.map(({ stage }) => stage));
  return totals.map(({ stage, total }) => {
    return { stage, total, current: total - (open.get(stage) ?? 0) };
  });
}

/** What code consists of is written down before it runs, to be compared when it has changed. */
export function keepManifests(
  { cache, codes }: Pick<Workplace, 'cache' | 'codes'>,
  instances: readonly Instance[],
): void {
  for (const module of new Set(instances.map((instance) => instance.module))) {
    const code = codes[module];
    if (!('digest' in code)) continue;
    const { digest, files, packages } = code;
    cache.keepCodeManifest(digest, { files, packages });
  }
}
