import { Command } from 'commander';
import { EXIT } from '../runner/error.ts';
import { formatCount } from '../runner/reporters/format.ts';
import { verifyAll } from '../runner/upkeep.ts';
import type { InspectOptions, Shell } from './command.ts';
import { profileOption, setOption } from './options.ts';

export function build(shell: Shell): Command {
  return new Command('verify')
    .description('read every blob and artifact again and compare it with its digest')
    .addOption(profileOption())
    .addOption(setOption())
    .addHelpText('after', '\nexit codes: 0 all is sound, 1 something is not')
    .action((options: InspectOptions) => verify(shell, options));
}

async function verify(shell: Shell, options: InspectOptions): Promise<void> {
  const graph = await shell.inspect(options);
  const { cache, codeOf } = await shell.open();
  const { checked, findings } = await verifyAll(cache, graph.instances, codeOf);
  cache.save();
  for (const { path, what } of findings) shell.out(`${path} is ${what}`);
  if (findings.length === 0) {
    shell.out(`${formatCount(checked, 'file')} read, all sound`);
    return;
  }
  shell.out(`${findings.length} of ${formatCount(checked, 'file')} are not sound`);
  shell.out('  fix: npx pipe run; it restores what the cache has and makes the rest again');
  shell.exit(EXIT.failed);
}
