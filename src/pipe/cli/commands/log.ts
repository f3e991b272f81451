import { Command } from 'commander';
import { DiagnosticsError } from '../../core/diagnostic.ts';
import { RunError } from '../../core/errors.ts';
import { select } from '../../pipeline/selectors.ts';
import type { InspectOptions, Shell } from '../shell/command.ts';
import { profileOption, setOption } from '../shell/options.ts';

export function build(shell: Shell): Command {
  return new Command('log')
    .description('print what an instance said when it last ran')
    .argument('<instance>', "an instance or several, e.g. 'train[game=union,dim=8]'")
    .addOption(profileOption())
    .addOption(setOption())
    .addHelpText(
      'after',
      `
examples:
  pipe log plot
  pipe log 'train[game=union,dim=8]' --profile ci

Each instance has a log of its own, however many run at a time. A run writes it as it goes on.`,
    )
    .action((name: string, options: InspectOptions) => log(shell, name, options));
}

async function log(shell: Shell, name: string, options: InspectOptions): Promise<void> {
  const graph = await shell.inspect(options);
  const selected = select(graph, [name]);
  if (!selected.ok) throw new DiagnosticsError(selected.diagnostics);
  const { cache } = await shell.open();
  let found = 0;
  for (const { id } of selected.instances) {
    const text = cache.disk.read(cache.paths.log(id))?.toString('utf8');
    if (text === undefined) continue;
    found += 1;
    if (selected.instances.length > 1) shell.out(`== ${id}`);
    if (text.trim() !== '') shell.out(text.trimEnd());
  }
  if (found === 0) {
    const hint = 'an instance that said nothing, or was taken from the cache, has none';
    throw new RunError(`there is no log of ${name}`, hint);
  }
}
