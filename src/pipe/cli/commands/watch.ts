import { Command } from 'commander';
import { canonicalJson } from '../../core/digest.ts';
import { selectInstances } from '../../current/selection.ts';
import { takeSnapshot } from '../../loader/snapshot.mjs';
import type { Graph, InstanceId } from '../../pipeline/graph.ts';
import { upstreamOf } from '../../pipeline/upstream.ts';
import { Project } from '../../project/project.ts';
import { ProjectState } from '../../project/project-state.ts';
import { describeCommit } from '../../runs/record.ts';
import { runSession } from '../../session/session.ts';
import type { Shell } from '../shell/command.ts';
import { openReporter, type ReporterName } from '../shell/open-reporter.ts';
import { count, reporterOption, setOption } from '../shell/options.ts';
import { report } from '../shell/report-error.ts';
import { cancelOnSignals } from '../shell/signals.ts';

interface WatchOptions {
  readonly profile?: string;
  readonly set: readonly string[];
  readonly jobs?: number;
  readonly reporter?: ReporterName;
  readonly verbose?: true;
}

/** Milliseconds without a further change, after which an edit counts as made. */
const QUIET = 150;

/** The project after an edit, or what is wrong with it. */
type Version = Loaded | { readonly ok: false; readonly error: unknown };

interface Loaded {
  readonly ok: true;
  readonly project: Project;
  readonly graph: Graph;
}

export function build(shell: Shell): Command {
  return new Command('watch')
    .description('run, and run again what an edit affects')
    .argument('[targets...]', 'stages, groups or instances (default: the stages of no group)')
    .option('-p, --profile <name>', 'profile of pipeline.yaml (default: default)')
    .addOption(setOption())
    .option('-j, --jobs <number>', 'instances at a time (default: number of cores)', count)
    .addOption(reporterOption())
    .addHelpText(
      'after',
      `
examples:
  pipe watch --profile ci
  pipe watch plot

An edit cancels what runs with outdated code, params or inputs; the rest is finished.
Ctrl-C ends it.`,
    )
    .action((targets: readonly string[], options: WatchOptions) => watch(shell, targets, options));
}

async function watch(
  shell: Shell,
  targets: readonly string[],
  options: WatchOptions,
): Promise<void> {
  let project = await shell.open();
  const { projectRoot, packageRoot } = project.snapshot;
  const { watchFiles } = await import('../watch/watch-files.ts');
  const edits = await watchFiles(projectRoot, packageRoot, QUIET);
  const signals = cancelOnSignals(
    (line) => shell.note(line),
    () => project.pool.kill(),
  );
  signals.signal.addEventListener('abort', () => edits.close(), { once: true });
  try {
    for (let version = await load(project, options); ; ) {
      const edited = edits.next();
      const next = edited.then((happened) => (happened ? reload(project, options) : undefined));
      if (version.ok) await runOnce(shell, version, next, targets, options, signals.signal);
      else report(version.error, options.verbose === true);
      if (!signals.signal.aborted) shell.note('waiting for an edit');
      const after = await next;
      if (after === undefined) break;
      version = after;
      if (version.ok && version.project !== project) {
        await project.pool.close();
        project = version.project;
      }
    }
  } finally {
    signals.release();
    edits.close();
    await project.pool.close();
  }
  if (signals.exitCode !== undefined) shell.exit(signals.exitCode);
}

/** Runs once; an edit meanwhile ends it early, as far as it is outdated. */
async function runOnce(
  shell: Shell,
  version: Loaded,
  next: Promise<Version | undefined>,
  targets: readonly string[],
  options: WatchOptions,
  signal: AbortSignal,
): Promise<void> {
  const { project, graph } = version;
  const draining = new AbortController();
  let isOutdated: (id: InstanceId) => boolean = () => false;
  void next.then((after) => {
    // With a mistake in it nothing new can start, but what runs is not outdated for that.
    if (after?.ok === true) isOutdated = outdatedBy(version, after);
    if (after !== undefined) draining.abort();
  });
  const reporter = await openReporter(shell, options.reporter, options.verbose === true);
  try {
    await runSession({
      project,
      executor: project.pool,
      graph,
      selection: selectInstances(graph, targets),
      force: false,
      keepGoing: true,
      jobs: options.jobs,
      emit: reporter.emit,
      signal,
      drain: { signal: draining.signal, isOutdated: (id) => isOutdated(id) },
      commit: describeCommit,
      sets: options.set,
      targets,
    });
  } catch (error) {
    report(error, options.verbose === true);
  } finally {
    await reporter.close();
  }
}

/** Which instances have other code, params or upstream instances than before. */
function outdatedBy(before: Loaded, after: Loaded): (id: InstanceId) => boolean {
  const outdated = new Set<InstanceId>();
  const now = new Map(after.graph.instances.map((instance) => [instance.id, instance]));
  for (const instance of before.graph.instances) {
    const next = now.get(instance.id);
    const upstream = upstreamOf(instance);
    const isSame =
      next !== undefined &&
      before.project.codeOf(instance.module) === after.project.codeOf(next.module) &&
      canonicalJson(instance.params) === canonicalJson(next.params) &&
      upstream.join() === upstreamOf(next).join() &&
      !upstream.some((id) => outdated.has(id));
    if (!isSame) outdated.add(instance.id);
  }
  return (id) => outdated.has(id);
}

async function reload(project: Project, options: WatchOptions): Promise<Version> {
  const { projectRoot, packageRoot } = project.snapshot;
  try {
    const snapshot = await takeSnapshot({ projectRoot, packageRoot });
    const isSame = snapshot.digest === project.snapshot.digest;
    return await load(isSame ? project : new Project(new ProjectState(snapshot)), options);
  } catch (error) {
    return { ok: false, error };
  }
}

async function load(project: Project, { profile, set }: WatchOptions): Promise<Version> {
  try {
    return { ok: true, project, graph: await project.load(profile, set) };
  } catch (error) {
    return { ok: false, error };
  }
}
