import { Command } from '@commander-js/extra-typings';
import { EXIT } from '../../core/errors.ts';
import { type PushCounts, push } from '../../remote/transfer.ts';
import { formatBytes, formatCount } from '../../reporters/format.ts';
import { profileOption, setOption, targetsArgument } from '../shell/options.ts';
import { REMOTE_HELP, withRemote } from '../shell/remote.ts';
import type { Shell } from '../shell/shell.ts';

export function build(shell: Shell) {
  return new Command('push')
    .addArgument(targetsArgument())
    .addOption(profileOption())
    .addOption(setOption())
    .option('-f, --force', 'send again what the remote cache already has')
    .addHelpText(
      'after',
      `
examples:
  pipe push                                 results that are up to date here and missing there
  pipe push train --profile paper
${REMOTE_HELP}

Works with nginx (dav_methods PUT) and bazel-remote.`,
    )
    .action(async (targets, options) => {
      const { project, instances } = await shell.select(targets, options);
      const { cache, codeOf } = project;
      const again = options.force === true;
      await withRemote(shell, cache, async (remote) => {
        print(
          shell,
          await push(cache, remote, instances, codeOf, again).finally(() => cache.save()),
        );
      });
    });
}

function print(shell: Shell, { sent, present, missing, bytes, lost }: PushCounts): void {
  const what = `${formatCount(sent, 'action')} sent (${formatBytes(bytes)})`;
  shell.out(`${what}, ${present} already there`);
  if (missing > 0) shell.out(`${formatCount(missing, 'instance')} not up to date: npx pipe run`);
  for (const id of lost) shell.out(`${id}: its outputs are no longer in the local cache`);
  if (lost.length > 0) {
    shell.out('  fix: npx pipe run --force, for these instances');
    shell.exitCode = EXIT.failed;
  }
}
