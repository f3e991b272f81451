import { Command } from 'commander';
import { EXIT } from '../../core/errors.ts';
import { formatCount } from '../../reporters/format.ts';
import { discardDamaged, verifyFiles } from '../../upkeep/verify.ts';
import { withLock } from '../shell/lock.ts';
import { addGraphOptions, jobsOption } from '../shell/options.ts';
import type { InspectOptions, Shell } from '../shell/shell.ts';

interface VerifyOptions extends InspectOptions {
  readonly rerun?: readonly string[];
  readonly jobs?: number;
}

export function build(shell: Shell): Command {
  return addGraphOptions(new Command('verify'))
    .option('--rerun <targets...>', 'instead run these again and compare their outputs')
    .addOption(jobsOption())
    .addHelpText(
      'after',
      `
examples:
  pipe verify                               finds flipped bits and files edited by hand
  pipe verify --rerun evaluate plot         checks that these stages are deterministic

Damaged files are removed from the cache; the next run restores or makes them again.
--rerun works in scratch folders, from scratch, and changes no result.
exit codes: 0 everything matches, 1 something does not`,
    )
    .action(async (options: VerifyOptions) => {
      const { rerun } = options;
      if (rerun === undefined) return await verify(shell, options);
      const { verifyByRunning } = await import('../verify/rerun.ts');
      await verifyByRunning(shell, rerun, options);
    });
}

async function verify(shell: Shell, options: InspectOptions): Promise<void> {
  const { project, graph } = await shell.inspect(options);
  const { cache, codeOf } = project;
  const { checked, corrupt } = await verifyFiles(cache, graph.instances, codeOf);
  cache.save();
  for (const { path, problem } of corrupt) shell.out(`${path} is ${problem}`);
  if (corrupt.length === 0) {
    shell.out(`${formatCount(checked, 'file')} checked, all intact`);
    return;
  }
  shell.out(`${corrupt.length} of ${formatCount(checked, 'file')} failed the check`);
  shell.exitCode = EXIT.failed;
  await withLock(cache, () => discardDamaged(cache, corrupt));
  shell.out('damaged files were removed from the cache');
  shell.out('  fix: npx pipe run, which restores or makes them again');
}
