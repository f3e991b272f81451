import { Command } from 'commander';
import { EXIT } from '../../core/errors.ts';
import { selectInstances } from '../../current/selection.ts';
import { push as pushInstances } from '../../remote/push.ts';
import { formatBytes, formatCount } from '../../reporters/format.ts';
import { addGraphOptions, targetsArgument } from '../shell/options.ts';
import { REMOTE_HELP, withRemote } from '../shell/remote.ts';
import type { InspectOptions, Shell } from '../shell/shell.ts';

interface PushOptions extends InspectOptions {
  readonly force?: true;
}

export function build(shell: Shell): Command {
  return addGraphOptions(new Command('push').addArgument(targetsArgument()))
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
    .action((targets: readonly string[], options: PushOptions) => push(shell, targets, options));
}

async function push(shell: Shell, targets: readonly string[], options: PushOptions): Promise<void> {
  const { project, graph } = await shell.inspect(options);
  const { cache, codeOf } = project;
  const { instances } = selectInstances(graph, targets);
  await withRemote(shell, cache, async (remote) => {
    const again = options.force === true;
    const result = await pushInstances(cache, remote, instances, codeOf, again).finally(() =>
      cache.save(),
    );
    const { sent, present, missing, bytes, lost } = result;
    shell.out(
      `${formatCount(sent, 'action')} sent (${formatBytes(bytes)}), ${present} already there`,
    );
    if (missing > 0) shell.out(`${formatCount(missing, 'instance')} not up to date: npx pipe run`);
    for (const id of lost) shell.out(`${id}: its outputs are no longer in the local cache`);
    if (lost.length > 0) {
      shell.out('  fix: npx pipe run --force, for these instances');
      shell.exitCode = EXIT.failed;
    }
  });
}
