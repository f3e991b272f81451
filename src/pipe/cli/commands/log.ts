import { Command } from 'commander';
import { RunError } from '../../core/errors.ts';
import { instancesNamed } from '../shell/instances.ts';
import { addGraphOptions } from '../shell/options.ts';
import type { InspectOptions, Shell } from '../shell/shell.ts';

export function build(shell: Shell): Command {
  return addGraphOptions(
    new Command('log').argument(
      '<instance>',
      "an instance or several, e.g. 'train[game=union,dim=8]'",
    ),
  )
    .addHelpText(
      'after',
      `
examples:
  pipe log plot
  pipe log 'train[game=union,dim=8]' --profile ci

Every instance has a log of its own, which grows while it runs.`,
    )
    .action((name: string, options: InspectOptions) => log(shell, name, options));
}

async function log(shell: Shell, name: string, options: InspectOptions): Promise<void> {
  const { project, graph } = await shell.inspect(options);
  const { disk, paths } = project.cache;
  const instances = instancesNamed(graph, name);
  const logs = instances.flatMap(({ id }) => {
    const text = disk.read(paths.log(id))?.toString('utf8');
    return text === undefined ? [] : [{ id, text: text.trimEnd() }];
  });
  if (logs.length === 0) {
    const hint = 'an instance has a log once it has run here and printed something';
    throw new RunError(`${name} has no log`, hint);
  }
  for (const { id, text } of logs) {
    if (instances.length > 1) shell.out(`== ${id}`);
    if (text !== '') shell.out(text);
  }
}
