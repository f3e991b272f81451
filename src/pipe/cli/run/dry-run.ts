import { groupBy } from '../../../tables/group-by.ts';
import { sum } from '../../core/collections.ts';
import type { Assessment } from '../../current/assess.ts';
import type { Selection } from '../../current/selection.ts';
import type { PastActions } from '../../explain/past-actions.ts';
import { assertRawThere } from '../../inputs/missing.ts';
import type { Graph, Instance } from '../../pipeline/graph.ts';
import { pendingLines } from '../../pipeline/mapped.ts';
import type { Project } from '../../project/project.ts';
import type { RemoteCache } from '../../remote/remote-cache.ts';
import { formatCount, formatSeconds } from '../../reporters/format.ts';
import type { Capacity } from '../../session/queue.ts';
import { estimateSeconds } from '../../session/schedule.ts';
import { type AssessedInstances, assessInstances, printReasons } from '../shell/instances.ts';
import { printTable } from '../shell/print.ts';
import type { Shell } from '../shell/shell.ts';

interface DryRunOptions {
  readonly force: boolean;
  readonly capacity: Capacity;
  /** Assumed speed of a core, in GFLOP/s. */
  readonly gflops: number;
  readonly remote: RemoteCache | undefined;
}

/** Prints what a run would do and cost; verbosely every instance instead of the first of each stage. */
export async function dryRun(
  shell: Shell,
  project: Project,
  graph: Graph,
  { instances, targets, covers }: Selection,
  { capacity, force, gflops, remote }: DryRunOptions,
): Promise<void> {
  await assertRawThere(project.cache.raw, instances);
  const assessed = await assessInstances(project, instances, (id) => force && targets.has(id));
  const { assessments, history, stateOf } = assessed;
  const hits = await remoteHits(remote, instances, assessments);
  const work = instances.filter((instance) => {
    return ['outdated', 'waiting'].includes(stateOf(instance)) && !hits.has(instance.id);
  });
  const restored = instances.filter((instance) => stateOf(instance) === 'restorable').length;
  if (work.length + restored + hits.size === 0) {
    shell.out(`nothing to do: ${formatCount(instances.length, 'instance')} current`);
    return;
  }
  shell.out(`profile ${graph.profile}: ${formatCount(instances.length, 'instance')}`);
  printStages(shell, instances, new Set(work), assessed, gflops);
  printReasons(shell, work, assessed, { all: shell.isVerbose, option: '--verbose' });
  if (restored > 0) {
    shell.out(`\n${formatCount(restored, 'instance')} will be restored from the local cache`);
  }
  if (hits.size > 0) {
    const place = `the remote cache ${remote?.url}`;
    shell.out(`\n${formatCount(hits.size, 'instance')} will be fetched from ${place}`);
  }
  if (work.length > 0) shell.out(`\n${describeTime(work, history, capacity, gflops)}`);
  const lines = pendingLines(graph, covers);
  // What cannot be said of the stages that the run would find.
  if (lines.length > 0) shell.out(`\n${lines.join('\n')}`);
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

function printStages(
  shell: Shell,
  instances: readonly Instance[],
  work: ReadonlySet<Instance>,
  { history, stateOf }: AssessedInstances,
  gflops: number,
): void {
  const hours = (flops: number) => (flops / (gflops * 1e9) / 3600).toPrecision(3);
  const total = flopsOf(work);
  const rows = [...groupBy(instances, ({ stage }) => stage)].map(([stage, own]) => {
    const states = groupBy(own, stateOf);
    const todo = own.filter((instance) => work.has(instance));
    // Early cutoff spares only what ran before.
    const isSpared = (one: Instance) => stateOf(one) === 'waiting' && history.hasRun(one);
    const spared = todo.filter(isSpared).length;
    const flops = flopsOf(todo);
    const seconds = todo.flatMap((instance) => history.seconds(instance) ?? []);
    return [
      stage,
      todo.length - spared || null,
      spared || null,
      states.get('restorable')?.length ?? null,
      states.get('current')?.length ?? null,
      seconds.length === 0 ? null : formatSeconds(sum(seconds)),
      ...(total === 0 ? [] : [flops === 0 ? null : flops.toExponential(2)]),
      ...(total === 0 ? [] : [flops === 0 ? null : hours(flops)]),
    ];
  });
  const costs = total === 0 ? [] : ['FLOPs', `core hours at ${gflops} GFLOP/s`];
  const headings = ['stage', 'run', 'may run', 'from cache', 'current', 'core time', ...costs];
  printTable(shell, headings, rows);
  if (total === 0) return;
  const cost = `${hours(total)} core hours at ${gflops} GFLOP/s`;
  shell.out(`\n${total.toExponential(2)} FLOPs in total: ${cost}`);
}

function describeTime(
  work: readonly Instance[],
  history: PastActions,
  capacity: Capacity,
  gflops: number,
): string {
  const known = (instance: Instance) => history.seconds(instance);
  const assumed = ({ cost }: Instance) => cost && cost.flops / (gflops * 1e9);
  const secondsOf = (instance: Instance) => known(instance) ?? assumed(instance);
  const unmeasured = work.filter((instance) => known(instance) === undefined);
  const unknown = unmeasured.filter((instance) => assumed(instance) === undefined).length;
  if (unknown === work.length) return 'no time estimate: none of these stages has run here';
  const seconds = estimateSeconds(work, capacity, (instance) => secondsOf(instance) ?? 0);
  const jobs = formatCount(capacity.instances ?? capacity.cpus, 'job');
  const guessed = unmeasured.length - unknown;
  const notes = [
    guessed > 0 && `${formatCount(guessed, 'instance')} at an assumed ${gflops} GFLOP/s`,
    unknown > 0 && `plus ${formatCount(unknown, 'instance')} of unknown duration`,
  ].filter((note) => note !== false);
  return [`about ${formatSeconds(seconds)} with ${jobs} at a time`, ...notes].join(', ');
}

function flopsOf(instances: Iterable<Instance>): number {
  return sum([...instances].map(({ cost }) => cost?.flops ?? 0));
}
