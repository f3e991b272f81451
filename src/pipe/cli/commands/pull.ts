import { Command } from 'commander';
import { EXIT } from '../../core/errors.ts';
import { selectInstances } from '../../current/selection.ts';
import { assertContained } from '../../disk/containment.ts';
import { acquireLock } from '../../disk/lock.ts';
import { type PullCounts, pull as pullInstances } from '../../remote/pull.ts';
import { formatBytes, formatCount } from '../../reporters/format.ts';
import { clearLeftovers } from '../../session/leftovers.ts';
import { keepManifests } from '../../session/session.ts';
import type { InspectOptions, Shell } from '../shell/command.ts';
import { profileOption, setOption } from '../shell/options.ts';
import { REMOTE_HELP, withRemote } from '../shell/remote.ts';

export function build(shell: Shell): Command {
  return new Command('pull')
    .description('fetch results from the remote cache; runs nothing')
    .argument('[targets...]', 'stages or instances (default: everything)')
    .addOption(profileOption())
    .addOption(setOption())
    .addHelpText(
      'after',
      `
examples:
  pipe pull                                 all that the remote cache has, and its artifacts
  pipe pull 'train[game=union]' --profile ci
  pipe run --remote                         fetches what it has, runs the rest
${REMOTE_HELP}

Every file is compared with its digest before it is used. Exit code 1: something there is damaged.`,
    )
    .action((targets: readonly string[], options: InspectOptions) => pull(shell, targets, options));
}

async function pull(
  shell: Shell,
  targets: readonly string[],
  options: InspectOptions,
): Promise<void> {
  const graph = await shell.inspect(options);
  const project = await shell.open();
  const { cache, codeOf } = project;
  const { instances } = selectInstances(graph, targets);
  await withRemote(shell, cache, async (remote) => {
    assertContained(cache.disk, cache.paths);
    const lock = acquireLock(cache.disk, cache.paths.lock);
    try {
      cache.refresh();
      clearLeftovers(cache);
      keepManifests(project, instances);
      tell(shell, remote.url, await pullInstances(cache, remote, instances, codeOf));
    } finally {
      cache.save();
      lock.release();
    }
  });
}

function tell(shell: Shell, url: string, result: PullCounts): void {
  const { fetched, present, missing, waiting, bytes, damaged } = result;
  for (const what of damaged) shell.out(`${url}/${what} is damaged: not used`);
  shell.out(
    `${formatCount(fetched, 'instance')} fetched (${formatBytes(bytes)}), ${present} here already`,
  );
  if (missing + waiting > 0) {
    shell.out(`${missing + waiting} are not there: npx pipe run`);
  }
  if (damaged.length > 0) {
    shell.out('  fix: npx pipe push --force, where these results are');
    shell.exit(EXIT.failed);
  }
}
