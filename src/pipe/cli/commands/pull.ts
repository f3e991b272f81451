import { Command } from 'commander';
import { EXIT } from '../../core/errors.ts';
import { selectInstances } from '../../current/selection.ts';
import { type PullCounts, pull as pullInstances } from '../../remote/pull.ts';
import { formatBytes, formatCount } from '../../reporters/format.ts';
import { clearLeftovers } from '../../session/leftovers.ts';
import { keepManifests } from '../../session/manifests.ts';
import { withLock } from '../shell/lock.ts';
import { addGraphOptions, targetsArgument } from '../shell/options.ts';
import { REMOTE_HELP, withRemote } from '../shell/remote.ts';
import type { InspectOptions, Shell } from '../shell/shell.ts';

export function build(shell: Shell): Command {
  return addGraphOptions(new Command('pull').addArgument(targetsArgument()))
    .addHelpText(
      'after',
      `
examples:
  pipe pull                                 whatever the remote cache has, put in place
  pipe pull 'train[model=small]' --profile ci
  pipe run --remote                         fetches what it can and runs the rest
${REMOTE_HELP}

Every file is checked against its digest before it is used. Exit code 1: the remote cache has damaged files.`,
    )
    .action((targets: readonly string[], options: InspectOptions) => pull(shell, targets, options));
}

async function pull(
  shell: Shell,
  targets: readonly string[],
  options: InspectOptions,
): Promise<void> {
  const { project, graph } = await shell.inspect(options);
  const { cache, codeOf } = project;
  const { instances } = selectInstances(graph, targets);
  await withRemote(shell, cache, (remote) =>
    withLock(cache, async () => {
      try {
        cache.refresh();
        clearLeftovers(cache);
        cache.onMovedAside = (path, to) =>
          shell.note(
            `${cache.paths.show(path)} was not made by the pipeline: it is now ${cache.paths.show(to)}`,
          );
        keepManifests(project, instances);
        print(shell, remote.url, await pullInstances(cache, remote, instances, codeOf));
      } finally {
        cache.save();
      }
    }),
  );
}

function print(shell: Shell, url: string, result: PullCounts): void {
  const { fetched, present, missing, waiting, bytes, damaged } = result;
  for (const what of damaged) shell.out(`${url}/${what} is damaged: not used`);
  shell.out(
    `${formatCount(fetched, 'instance')} fetched (${formatBytes(bytes)}), ${present} already here`,
  );
  if (missing + waiting > 0) {
    shell.out(`${missing + waiting} not in the remote cache: npx pipe run`);
  }
  if (damaged.length > 0) {
    shell.out('  fix: npx pipe push --force, from a machine that has these results');
    shell.exitCode = EXIT.failed;
  }
}
