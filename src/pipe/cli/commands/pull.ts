import { Command } from '@commander-js/extra-typings';
import { EXIT } from '../../core/errors.ts';
import { keepManifests } from '../../explain/code-manifests.ts';
import { type PullCounts, pull } from '../../remote/transfer.ts';
import { formatBytes, formatCount } from '../../reporters/format.ts';
import { clearLeftovers, withLock } from '../../session/exclusive.ts';
import { profileOption, setOption, targetsArgument } from '../shell/options.ts';
import { REMOTE_HELP, withRemote } from '../shell/remote.ts';
import type { Shell } from '../shell/shell.ts';

export function build(shell: Shell) {
  return new Command('pull')
    .addArgument(targetsArgument())
    .addOption(profileOption())
    .addOption(setOption())
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
    .action(async (targets, options) => {
      const { project, instances } = await shell.select(targets, options);
      const { cache, codeOf } = project;
      await withRemote(shell, cache, (remote) =>
        withLock(cache, async () => {
          cache.refresh();
          clearLeftovers(cache);
          cache.onMovedAside = (path, to) => {
            const { paths } = cache;
            shell.note(
              `${paths.show(path)} was not made by the pipeline: it is now ${paths.show(to)}`,
            );
          };
          await keepManifests(project, instances);
          print(shell, remote.url, await pull(cache, remote, instances, codeOf));
        }),
      );
    });
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
