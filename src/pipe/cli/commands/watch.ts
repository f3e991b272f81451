import { Command } from '@commander-js/extra-typings';
import { selectInstances } from '../../current/selection.ts';
import type { InstanceId } from '../../pipeline/graph.ts';
import { describeCommit } from '../../runs/record.ts';
import { runSession } from '../../session/session.ts';
import { openReporter } from '../shell/open-reporter.ts';
import {
  jobsOption,
  profileOption,
  reporterOption,
  setOption,
  targetsArgument,
} from '../shell/options.ts';
import { reportError } from '../shell/report-error.ts';
import type { Shell } from '../shell/shell.ts';
import { cancelOnSignals } from '../shell/signals.ts';
import {
  type LoadedVersion,
  loadVersion,
  outdatedBy,
  type ProjectVersion,
  pathsAround,
  reloadVersion,
} from '../watch/project-version.ts';

type WatchOptions = ReturnType<ReturnType<typeof build>['opts']>;

/** Milliseconds without a further change after which an edit counts as complete. */
const QUIET = 150;

export function build(shell: Shell) {
  return new Command('watch')
    .addArgument(targetsArgument())
    .addOption(profileOption('"default"'))
    .addOption(setOption())
    .addOption(jobsOption())
    .addOption(reporterOption())
    .addHelpText(
      'after',
      `
examples:
  pipe watch --profile ci
  pipe watch plot

An edit cancels the running instances whose code, params or inputs it changes; the others finish.
Ctrl-C stops watching.`,
    )
    .action((targets, options): Promise<void> => watch(shell, targets, options));
}

async function watch(
  shell: Shell,
  targets: readonly string[],
  options: WatchOptions,
): Promise<void> {
  let project = await shell.open();
  const { watchedPaths, watchFiles } = await import('../watch/watch-files.ts');
  const edits = await watchFiles(project.snapshot, QUIET);
  const signals = cancelOnSignals(shell, {
    // That of the latest version.
    kill: () => project.pool.kill(),
    suspend: () => project.pool.suspend(),
    resume: () => project.pool.resume(),
  });
  signals.signal.addEventListener('abort', () => edits.close(), { once: true });
  try {
    for (let version = await loadVersion(project, options); ; ) {
      if (version.ok) edits.add(pathsAround(version.project, version.graph));
      const edited = edits.next();
      const next = edited.then((happened) =>
        happened ? reloadVersion(project, options) : undefined,
      );
      if (version.ok) await runOnce(shell, version, next, targets, options, signals.signal);
      else reportError(version.error, shell.isVerbose);
      if (!signals.signal.aborted) shell.note('waiting for changes');
      const after = await next;
      if (after === undefined) break;
      version = after;
      if (version.ok && version.project !== project) {
        await project.pool.close();
        project = version.project;
        edits.add(watchedPaths(project.snapshot));
      }
    }
  } finally {
    signals.release();
    edits.close();
    await project.pool.close();
  }
  if (signals.exitCode !== undefined) shell.exitCode = signals.exitCode;
}

/** One run; an edit meanwhile cancels the instances that it outdates. */
async function runOnce(
  shell: Shell,
  version: LoadedVersion,
  next: Promise<ProjectVersion | undefined>,
  targets: readonly string[],
  options: WatchOptions,
  signal: AbortSignal,
): Promise<void> {
  const { project } = version;
  let graph = version.graph;
  const draining = new AbortController();
  let isOutdated: (id: InstanceId) => boolean = () => false;
  void next.then((after) => {
    // After an edit with a mistake nothing new can start, but running instances are not outdated.
    if (after?.ok === true) isOutdated = outdatedBy({ ...version, graph }, after);
    if (after !== undefined) draining.abort();
  });
  const reporter = await openReporter(shell, options.reporter);
  try {
    await runSession({
      project,
      executor: project.pool,
      graph,
      selection: selectInstances(graph, targets),
      reload: async () => {
        graph = await version.reload();
        return { graph, selection: selectInstances(graph, targets) };
      },
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
    reportError(error, shell.isVerbose);
  } finally {
    await reporter.close();
  }
}
