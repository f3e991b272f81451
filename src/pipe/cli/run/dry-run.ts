import type { Assessment } from '../../current/assess.ts';
import type { Selection } from '../../current/selection.ts';
import type { PastActions } from '../../explain/past-actions.ts';
import { assertRawThere } from '../../inputs/missing.ts';
import type { Graph, Instance } from '../../pipeline/graph.ts';
import type { Project } from '../../project/project.ts';
import type { RemoteCache } from '../../remote/remote-cache.ts';
import { formatCount, formatSeconds } from '../../reporters/format.ts';
import type { Capacity } from '../../session/capacity.ts';
import { estimateSeconds } from '../../session/estimate.ts';
import { assessInstances } from '../shell/instances.ts';
import { printTable } from '../shell/print.ts';
import { printReasons } from '../shell/print-reasons.ts';
import type { Shell } from '../shell/shell.ts';

export interface DryRunOptions {
  readonly force: boolean;
  readonly capacity: Capacity;
  /** Assumed speed of a core, in GFLOP/s. */
  readonly gflops: number;
  /** Lists every instance instead of the first of each stage. */
  readonly verbose: boolean;
  readonly remote: RemoteCache | undefined;
}

/** Prints what a run would do and cost. */
export async function dryRun(
  shell: Shell,
  project: Project,
  graph: Graph,
  selection: Selection,
  options: DryRunOptions,
): Promise<void> {
  const { instances, targets } = selection;
  const isForced = (id: string) => options.force && targets.has(id);
  await assertRawThere(project.cache.raw, instances);
  const assessed = await assessInstances(project, instances, isForced);
  const { assessments, history } = assessed;
  const remote = await remoteHits(options.remote, instances, assessments);
  const work = instances.filter(({ id }) => isWork(assessments.get(id)) && !remote.has(id));
  const restored = instances.filter(({ id }) => assessments.get(id)?.state === 'restorable');
  if (work.length + restored.length + remote.size === 0) {
    shell.out(`nothing to do: ${formatCount(instances.length, 'instance')} current`);
    return;
  }
  shell.out(`profile ${graph.profile}: ${formatCount(instances.length, 'instance')}`);
  printStages(shell, instances, assessments, work, history, options);
  printReasons(shell, work, assessed, { all: options.verbose, option: '--verbose' });
  if (restored.length > 0) {
    shell.out(
      `\n${formatCount(restored.length, 'instance')} will be restored from the local cache`,
    );
  }
  if (remote.size > 0 && options.remote !== undefined) {
    const place = `the remote cache ${options.remote.url}`;
    shell.out(`\n${formatCount(remote.size, 'instance')} will be fetched from ${place}`);
  }
  printTime(shell, work, history, options.capacity);
}

/** Outdated instances that the remote cache has. Waiting ones have no key to ask for yet. */
async function remoteHits(
  remote: RemoteCache | undefined,
  instances: readonly Instance[],
  assessments: ReadonlyMap<string, Assessment>,
): Promise<ReadonlySet<string>> {
  const hits = new Set<string>();
  if (remote === undefined) return hits;
  for (const { id } of instances) {
    const assessment = assessments.get(id);
    if (assessment?.state === 'outdated' && (await remote.has(assessment.key))) hits.add(id);
  }
  return hits;
}

function isWork(assessment: Assessment | undefined): boolean {
  return assessment?.state === 'outdated' || assessment?.state === 'waiting';
}

function printStages(
  shell: Shell,
  instances: readonly Instance[],
  assessments: ReadonlyMap<string, Assessment>,
  work: readonly Instance[],
  history: PastActions,
  { gflops }: DryRunOptions,
): void {
  const stages = [...new Set(instances.map(({ stage }) => stage))];
  const hours = (flops: number) => (flops / (gflops * 1e9) / 3600).toPrecision(3);
  const total = flopsOf(work);
  const rows = stages.map((stage) => {
    const own = instances.filter((instance) => instance.stage === stage);
    const todo = work.filter((instance) => instance.stage === stage);
    const count = (state: Assessment['state']) =>
      own.filter(({ id }) => assessments.get(id)?.state === state).length || null;
    // Early cutoff spares only what ran before.
    const waiting = todo.filter(({ id }) => assessments.get(id)?.state === 'waiting');
    const spared = waiting.filter((instance) => history.hasRun(instance)).length;
    const flops = flopsOf(todo);
    const seconds = secondsOf(todo, history);
    return [
      stage,
      todo.length - spared || null,
      spared || null,
      count('restorable'),
      count('current'),
      seconds === undefined || todo.length === 0 ? null : formatSeconds(seconds),
      ...(total === 0 ? [] : [flops === 0 ? null : flops.toExponential(2)]),
      ...(total === 0 ? [] : [flops === 0 ? null : hours(flops)]),
    ];
  });
  const costs = total === 0 ? [] : ['FLOPs', `core hours at ${gflops} GFLOP/s`];
  const headings = ['stage', 'run', 'may run', 'from cache', 'current', 'core time', ...costs];
  printTable(shell, headings, rows);
  if (total > 0) {
    shell.out(
      `\n${total.toExponential(2)} FLOPs in total: ${hours(total)} core hours at ${gflops} GFLOP/s`,
    );
  }
}

function printTime(
  shell: Shell,
  work: readonly Instance[],
  history: PastActions,
  capacity: Capacity,
): void {
  const timed = work.filter((instance) => history.seconds(instance) !== undefined);
  if (work.length === 0) return;
  if (timed.length === 0) {
    shell.out('\nno time estimate: none of these stages has run here');
    return;
  }
  const seconds = estimateSeconds(work, capacity, (instance) => history.seconds(instance) ?? 0);
  const unknown = work.length - timed.length;
  const more =
    unknown === 0 ? '' : `, plus ${formatCount(unknown, 'instance')} of unknown duration`;
  const jobs = formatCount(capacity.cpus, 'job');
  shell.out(`\nabout ${formatSeconds(seconds)} with ${jobs} at a time${more}`);
}

function flopsOf(instances: readonly Instance[]): number {
  return instances.reduce((sum, { cost }) => sum + (cost?.flops ?? 0), 0);
}

function secondsOf(instances: readonly Instance[], history: PastActions): number | undefined {
  const known = instances.map((instance) => history.seconds(instance));
  if (known.every((seconds) => seconds === undefined)) return undefined;
  return known.reduce<number>((sum, seconds) => sum + (seconds ?? 0), 0);
}
