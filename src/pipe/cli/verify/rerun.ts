import { EXIT } from '../../core/errors.ts';
import { thisMachineType } from '../../core/machine.ts';
import { assessAll } from '../../current/assess.ts';
import { selectInstances } from '../../current/selection.ts';
import { assertContained } from '../../disk/containment.ts';
import { acquireLock } from '../../disk/lock.ts';
import { formatBytes, formatCount, formatFailure, formatSeconds } from '../../reporters/format.ts';
import type { OutputDifference, RepeatResult } from '../../session/attempt.ts';
import { capacityOf } from '../../session/capacity.ts';
import { clearLeftovers } from '../../session/leftovers.ts';
import { rerunInstances } from '../../upkeep/rerun.ts';
import type { InspectOptions, Shell } from '../shell/command.ts';
import { cancelOnSignals } from '../shell/signals.ts';

/** `pipe verify --rerun`: executes again what is done and says what comes out otherwise. */
export async function verifyByRunning(
  shell: Shell,
  targets: readonly string[],
  options: InspectOptions & { readonly jobs?: number },
): Promise<void> {
  const graph = await shell.inspect(options);
  const { cache, codeOf, pool, workers } = await shell.open();
  const selection = selectInstances(graph, targets);
  const signals = cancelOnSignals(
    (line) => shell.note(line),
    () => pool.kill(),
  );
  assertContained(cache.disk, cache.paths);
  const lock = acquireLock(cache.disk, cache.paths.lock);
  const counts = { same: 0, other: 0, failed: 0 };
  try {
    cache.refresh();
    await workers.endOrphans(pool.pids);
    clearLeftovers(cache);
    const { instances } = selection;
    const assessments = await assessAll(cache, instances, codeOf);
    const machineOf = (id: string) => {
      const found = assessments.get(id);
      return found === undefined || !('outputs' in found)
        ? undefined
        : cache.actions.get(found.key)?.machine;
    };
    const undone = await rerunInstances({
      cache,
      executor: pool,
      instances,
      assessments,
      chosen: instances.filter(({ id }) => selection.targets.has(id)),
      capacity: capacityOf(options.jobs),
      signal: signals.signal,
      tell(instance, result) {
        for (const line of describe(instance.id, result)) shell.out(line);
        const machine = machineOf(instance.id) ?? thisMachineType();
        if (result.ok && result.differences.length > 0 && machine !== thisMachineType()) {
          shell.out(
            `  it was made on ${machine}, which rounds otherwise: this says nothing of the stage`,
          );
        }
        if (!result.ok) counts.failed += 'failure' in result ? 1 : 0;
        else counts[result.differences.length === 0 ? 'same' : 'other'] += 1;
      },
    });
    shell.out(
      `${formatCount(counts.same, 'instance')} came out the same, ${counts.other} otherwise, ${counts.failed} failed`,
    );
    if (undone > 0) shell.out(`${undone} are not done: npx pipe run`);
    const { same, other, failed } = counts;
    if (other + failed > 0 || same === 0) shell.exit(EXIT.failed);
    if (signals.exitCode !== undefined) shell.exit(signals.exitCode);
  } finally {
    cache.save();
    lock.release();
    signals.release();
  }
}

function describe(id: string, result: RepeatResult): readonly string[] {
  if (!result.ok) return 'failure' in result ? formatFailure(id, result.failure, false) : [];
  const { seconds, differences } = result;
  const time = formatSeconds(seconds);
  if (differences.length === 0) return [`${id}: the same bytes, in ${time}`];
  return differences.map((difference) => `${id}: ${describeDifference(difference)}, in ${time}`);
}

function describeDifference({ before, after, at }: OutputDifference): string {
  const sizes = `${formatBytes(after.size)} where it had ${formatBytes(before.size)}`;
  const place = at === undefined ? 'what it was is lost' : `from byte ${at} on`;
  return `'${after.name}' came out otherwise, ${place}: ${sizes}`;
}
