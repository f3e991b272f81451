import { Command } from '@commander-js/extra-typings';
import { EXIT } from '../../core/errors.ts';
import { nothingToDo } from '../../events/events.ts';
import { readPipelineFiles } from '../../pipeline/files.ts';
import { DEFAULT_PROFILE } from '../../pipeline/spec.ts';
import type { ProjectState } from '../../project/project-state.ts';
import { openReporter } from '../shell/open-reporter.ts';
import {
  assertOnCluster,
  jobsOption,
  onOption,
  parsePositive,
  profileOption,
  reporterOption,
  setOption,
  siteOption,
  targetsArgument,
} from '../shell/options.ts';
import type { Shell } from '../shell/shell.ts';

/** Said on Ctrl-C with --detach. */
const LEAVING = 'leaving what runs to the cluster: npx pipe run --on slurm takes it over';

type RunOptions = ReturnType<ReturnType<typeof build>['opts']>;

export function build(shell: Shell) {
  return new Command('run')
    .addArgument(targetsArgument())
    .option('--only <stage>', 'run this stage only, never its inputs')
    .addOption(profileOption('"default"'))
    .addOption(setOption())
    .addOption(jobsOption())
    .option('-f, --force', 'run the targets even if nothing changed')
    .option('-k, --keep-going', 'after a failure, continue with what does not depend on it')
    .option('-n, --dry-run', 'only say what would run, why, and how long it would take')
    .option('--frozen', 'fail if anything differs from pipeline.lock.yaml')
    .option(
      '--remote [address]',
      'fetch results from the remote cache (default: $PIPE_REMOTE) where it has them',
    )
    .addOption(onOption())
    .addOption(siteOption())
    .option(
      '--detach',
      'on a cluster: Ctrl-C leaves the jobs running, and the next run takes them over',
    )
    .option(
      '--gflops <number>',
      'speed of a core assumed by --dry-run, in GFLOP/s',
      parsePositive,
      60,
    )
    .addOption(reporterOption())
    .addHelpText(
      'after',
      `
examples:
  pipe run                                   all stages outside groups
  pipe run studies                           the stages of a group
  pipe run --profile ci --jobs 2
  pipe run 'train[model=small,seed=1]' --force
  pipe run --only evaluate
  pipe run --set train.steps=100 --dry-run
  pipe run --on slurm --jobs 20              on a Slurm cluster (docs/cluster.md)
  pipe run --profile ci --frozen             fails if results differ from the accepted ones

A second run does nothing. Ctrl-C stops a run; the next one resumes where it stopped.
exit codes: 0 success, 1 a stage failed, 2 wrong arguments or pipeline.yaml, 3 another run is in
progress, 130 interrupted, 143 terminated`,
    )
    .action((targets, options): Promise<void> => {
      const { remote } = options;
      // What follows --remote may be a target: an address has a scheme.
      if (typeof remote !== 'string' || remote.includes('://')) return run(shell, targets, options);
      return run(shell, [remote, ...targets], { ...options, remote: true });
    });
}

async function run(shell: Shell, targets: readonly string[], options: RunOptions): Promise<void> {
  const { only, profile, set, jobs, force = false, keepGoing = false } = options;
  const { on, site: siteFile, detach } = options;
  assertOnCluster({ on, site: siteFile, detach });
  // Also where nothing is to run: a mistake in it is told before it matters.
  const site =
    on === undefined ? undefined : (await import('../../slurm/site.ts')).readSite(siteFile);
  const isPlain = isPlainRun(targets, options);
  // Everything else is loaded only when there is something to do: loading takes longer than this look.
  if (isPlain && (await isCurrent(shell, shell.state(), options))) return;
  const project = await shell.open();
  // The first worker starts while the graph is being read; without stage files none is asked anything.
  if (isPlain && Object.keys(project.codes).length > 0) project.pool.prepare();
  const [{ runSession }, { selectInstances }, { cancelOnSignals }, { describeCommit }] =
    await Promise.all([
      import('../../session/session.ts'),
      import('../../current/selection.ts'),
      import('../shell/signals.ts'),
      import('../../runs/record.ts'),
    ]);
  const files = readPipelineFiles(project.root);
  const look = async () => {
    const graph = await project.load(profile, set, files);
    return { graph, selection: selectInstances(graph, targets, only) };
  };
  let latest = await look();
  const { graph, selection } = latest;
  const checkFrozen =
    options.frozen === true
      ? await (await import('../run/frozen.ts')).openFrozenCheck(project, graph.profile, targets)
      : undefined;
  const cluster =
    site !== undefined && options.dryRun !== true
      ? (await import('../run/on-slurm.ts')).openSlurm(shell, project, site, options)
      : undefined;
  const signals = cancelOnSignals(
    shell,
    cluster?.processes ?? project.pool,
    detach === true ? LEAVING : undefined,
  );
  if (detach === true) signals.signal.addEventListener('abort', () => cluster?.detach());
  const remote =
    options.remote === undefined
      ? undefined
      : (await import('../shell/remote.ts')).openRemote(
          shell,
          project.cache,
          signals.signal,
          options.remote === true ? undefined : options.remote,
        );
  if (options.dryRun === true) {
    await checkFrozen?.(latest).declared(shell);
    const { dryRun } = await import('../run/dry-run.ts');
    const { capacityOf, unlimited } = await import('../../session/queue.ts');
    const { gflops } = options;
    const capacity = site === undefined ? capacityOf(jobs) : unlimited(jobs ?? site.workers);
    const settings = { force, capacity, gflops, remote };
    try {
      await dryRun(shell, project, graph, selection, settings);
    } finally {
      remote?.close();
      signals.release();
    }
    return;
  }
  const reporter = await openReporter(shell, options.reporter);
  try {
    project.rememberProfile(graph.profile);
    const { ok } = await runSession({
      project,
      executor: cluster?.executor ?? project.pool,
      graph,
      selection,
      reload: async () => {
        latest = await look();
        return latest;
      },
      force,
      keepGoing,
      jobs,
      emit: reporter.emit,
      signal: signals.signal,
      allProfiles: () => project.loadAll(),
      commit: describeCommit,
      sets: set,
      targets,
      settled: () => void project.pool.close(),
      ...(remote === undefined ? {} : { remote }),
      isSharing: cluster?.isSharing === true,
    });
    if (!ok) shell.exitCode = signals.exitCode ?? EXIT.failed;
    else await checkFrozen?.(latest).results(reporter.emit);
  } finally {
    await cluster?.close();
    remote?.close();
    signals.release();
    await reporter.close();
  }
}

/** Whether the run has only to bring everything up to date. */
function isPlainRun(
  targets: readonly string[],
  { only, force, dryRun, frozen }: RunOptions,
): boolean {
  return (
    targets.length === 0 && [only, force, dryRun, frozen].every((option) => option === undefined)
  );
}

/** Ends a run that is known to have nothing to do, without reading the graph. */
async function isCurrent(
  shell: Shell,
  project: ProjectState,
  options: RunOptions,
): Promise<boolean> {
  const { profile = DEFAULT_PROFILE, set, reporter: name } = options;
  const current = await project.countCurrent(profile, set);
  if (current === undefined) return false;
  project.rememberProfile(profile);
  const reporter = await openReporter(shell, name);
  reporter.emit(nothingToDo(current));
  await reporter.close();
  return true;
}
