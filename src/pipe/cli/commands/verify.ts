import { Command } from 'commander';
import { EXIT } from '../../core/errors.ts';
import { assertContained } from '../../disk/containment.ts';
import { acquireLock } from '../../disk/lock.ts';
import { formatCount } from '../../reporters/format.ts';
import { dropDamaged, verifyAll } from '../../upkeep/upkeep.ts';
import type { InspectOptions, Shell } from '../shell/command.ts';
import { count, profileOption, setOption } from '../shell/options.ts';

interface VerifyOptions extends InspectOptions {
  readonly rerun?: readonly string[];
  readonly jobs?: number;
}

export function build(shell: Shell): Command {
  return new Command('verify')
    .description('read every blob and artifact again and compare it with its digest')
    .addOption(profileOption())
    .addOption(setOption())
    .option('--rerun <targets...>', 'run these again in scratch folders and compare what they make')
    .option('-j, --jobs <number>', 'with --rerun: instances at a time', count)
    .addHelpText(
      'after',
      `
examples:
  pipe verify                               finds flipped bits and files changed by hand
  pipe verify --rerun evaluate plot         proves that they are deterministic

What is damaged in the cache is removed, so that it is made again when it is needed.
--rerun starts from nothing, resumes from no checkpoint and changes no result.
exit codes: 0 all is sound, 1 something is not`,
    )
    .action(async (options: VerifyOptions) => {
      const { rerun } = options;
      if (rerun === undefined) return await verify(shell, options);
      const { verifyByRunning } = await import('../verify/rerun.ts');
      await verifyByRunning(shell, rerun, options);
    });
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
  shell.exit(EXIT.failed);
  assertContained(cache.disk, cache.paths);
  const lock = acquireLock(cache.disk, cache.paths.lock);
  try {
    dropDamaged(cache, findings);
  } finally {
    lock.release();
  }
  shell.out(
    '  fix: npx pipe run; what is damaged was removed, what can be restored will be, the rest made again',
  );
}
