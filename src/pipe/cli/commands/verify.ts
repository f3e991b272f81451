import { Command } from '@commander-js/extra-typings';
import { EXIT } from '../../core/errors.ts';
import { assessAll } from '../../current/assess.ts';
import { formatBytes, formatCount, formatFailure, formatSeconds } from '../../reporters/format.ts';
import type { RepeatResult } from '../../session/attempt.ts';
import { clearLeftovers, withLock } from '../../session/exclusive.ts';
import type { OutputDifference } from '../../session/output-difference.ts';
import { capacityOf } from '../../session/queue.ts';
import { discardDamaged, rerunInstances, verifyFiles } from '../../upkeep/verify.ts';
import { jobsOption, profileOption, setOption } from '../shell/options.ts';
import type { InspectOptions, Shell } from '../shell/shell.ts';
import { cancelOnSignals } from '../shell/signals.ts';

export function build(shell: Shell) {
  return new Command('verify')
    .addOption(profileOption())
    .addOption(setOption())
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
    .action(async (options) => {
      if (options.rerun === undefined) return await verify(shell, options);
      await verifyByRunning(shell, options.rerun, options);
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

/** `pipe verify --rerun`: runs finished instances again and reports outputs with other bytes. */
async function verifyByRunning(
  shell: Shell,
  targets: readonly string[],
  options: InspectOptions & { readonly jobs?: number | undefined },
): Promise<void> {
  const { project, instances, chosen } = await shell.select(targets, options);
  const { cache, codeOf, pool, workers } = project;
  const signals = cancelOnSignals(shell, pool);
  const counts = { same: 0, different: 0, failed: 0 };
  try {
    const undone = await withLock(cache, async () => {
      cache.refresh();
      await workers.endOrphans(pool.pids);
      clearLeftovers(cache);
      return await rerunInstances({
        cache,
        executor: pool,
        instances,
        assessments: await assessAll(cache, instances, codeOf),
        chosen: instances.filter(({ id }) => chosen.has(id)),
        capacity: capacityOf(options.jobs),
        signal: signals.signal,
        onResult({ id }, result, maker) {
          for (const line of describe(id, result, shell.isVerbose)) shell.out(line);
          if (result.ok && result.differences.length > 0 && maker !== undefined) {
            shell.out(`  inconclusive: the earlier outputs were made ${maker}`);
          }
          if (!result.ok) counts.failed += 'failure' in result ? 1 : 0;
          else counts[result.differences.length === 0 ? 'same' : 'different'] += 1;
        },
      });
    });
    const { same, different, failed } = counts;
    const all = formatCount(same + different + failed, 'instance');
    const bytes = `${same} with the same bytes, ${different} with different bytes`;
    shell.out(`${all} run again: ${bytes}, ${failed} failed`);
    if (undone > 0) shell.out(`${formatCount(undone, 'instance')} not up to date: npx pipe run`);
    if (different + failed > 0 || same === 0) shell.exitCode = EXIT.failed;
    if (signals.exitCode !== undefined) shell.exitCode = signals.exitCode;
  } finally {
    signals.release();
  }
}

function describe(id: string, result: RepeatResult, verbose?: boolean): readonly string[] {
  if (!result.ok) return 'failure' in result ? formatFailure(id, result.failure, verbose) : [];
  const { seconds, differences } = result;
  const time = formatSeconds(seconds);
  if (differences.length === 0) return [`${id}: the same bytes, in ${time}`];
  return differences.map((difference) => `${id}: ${describeDifference(difference)}, in ${time}`);
}

function describeDifference({ before, after, at, file }: OutputDifference): string {
  const sizes = `${formatBytes(after.size)} instead of ${formatBytes(before.size)}`;
  if (at === undefined && file !== undefined) {
    return `'${after.name}' differs in whether '${file || after.name}' may be executed`;
  }
  const inside = file ? `in '${file}' ` : '';
  const place = at === undefined ? 'the earlier ones are lost' : `${inside}from byte ${at} on`;
  return `'${after.name}' has different bytes, ${place}: ${sizes}`;
}
