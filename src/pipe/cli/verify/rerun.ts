import { otherMaker } from '../../cache/maker.ts';
import { EXIT } from '../../core/errors.ts';
import { assessAll } from '../../current/assess.ts';
import { selectInstances } from '../../current/selection.ts';
import { formatBytes, formatCount, formatFailure, formatSeconds } from '../../reporters/format.ts';
import type { RepeatResult } from '../../session/attempt.ts';
import { capacityOf } from '../../session/capacity.ts';
import { clearLeftovers } from '../../session/leftovers.ts';
import type { OutputDifference } from '../../session/output-difference.ts';
import { rerunInstances } from '../../upkeep/verify-rerun.ts';
import { withLock } from '../shell/lock.ts';
import type { InspectOptions, Shell } from '../shell/shell.ts';
import { cancelOnSignals } from '../shell/signals.ts';

/** `pipe verify --rerun`: runs finished instances again and reports outputs with other bytes. */
export async function verifyByRunning(
  shell: Shell,
  targets: readonly string[],
  options: InspectOptions & { readonly jobs?: number; readonly verbose?: true },
): Promise<void> {
  const { project, graph } = await shell.inspect(options);
  const { cache, codeOf, pool, workers } = project;
  const selection = selectInstances(graph, targets);
  const signals = cancelOnSignals(shell, pool);
  const counts = { same: 0, different: 0, failed: 0 };
  try {
    await withLock(cache, async () => {
      try {
        cache.refresh();
        await workers.endOrphans(pool.pids);
        clearLeftovers(cache);
        const { instances } = selection;
        const assessments = await assessAll(cache, instances, codeOf);
        const makerOf = (id: string) => {
          const assessment = assessments.get(id);
          if (assessment === undefined || !('outputs' in assessment)) return undefined;
          const record = cache.actions.get(assessment.key);
          return record && otherMaker(record);
        };
        const undone = await rerunInstances({
          cache,
          executor: pool,
          instances,
          assessments,
          chosen: instances.filter(({ id }) => selection.targets.has(id)),
          capacity: capacityOf(options.jobs),
          signal: signals.signal,
          onResult(instance, result) {
            for (const line of describe(instance.id, result, options.verbose)) shell.out(line);
            const maker = makerOf(instance.id);
            if (result.ok && result.differences.length > 0 && maker !== undefined) {
              shell.out(`  inconclusive: the earlier outputs were made ${maker}`);
            }
            if (!result.ok) counts.failed += 'failure' in result ? 1 : 0;
            else counts[result.differences.length === 0 ? 'same' : 'different'] += 1;
          },
        });
        const { same, different, failed } = counts;
        const all = formatCount(same + different + failed, 'instance');
        shell.out(
          `${all} run again: ${same} with the same bytes, ${different} with different bytes, ${failed} failed`,
        );
        if (undone > 0)
          shell.out(`${formatCount(undone, 'instance')} not up to date: npx pipe run`);
        if (different + failed > 0 || same === 0) shell.exitCode = EXIT.failed;
        if (signals.exitCode !== undefined) shell.exitCode = signals.exitCode;
      } finally {
        cache.save();
      }
    });
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
