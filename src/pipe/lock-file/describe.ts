import { groupBy } from '../../tables/group-by.ts';
import { listSome } from '../core/collections.ts';
import { formatChange, formatMetric, shortDigest } from '../explain/format.ts';
import { stageOf } from '../pipeline/names.ts';
import type { LockFileDifference } from './compare.ts';

/** Differences as lines. Instances of a stage that differ in the same way share a line. */
export function describeDifferences(differences: readonly LockFileDifference[]): readonly string[] {
  const described = differences.map((difference) => ({
    instance: difference.instance,
    text: describe(difference),
  }));
  const groups = groupBy(described, ({ instance, text }) => `${stageOf(instance)}\n${text}`);
  return [...groups.values()].map((group) => {
    const instances = group.map(({ instance }) => instance);
    return `${listSome(instances)}: ${group[0].text}`;
  });
}

function describe(difference: LockFileDifference): string {
  switch (difference.kind) {
    case 'added':
      return 'not in the lock file';
    case 'removed':
      return 'in the lock file, but no longer in the pipeline';
    case 'made-from': {
      const { changes } = difference;
      return changes.length === 0 ? 'inputs changed' : changes.map(formatChange).join(', ');
    }
    case 'output': {
      const { output, before, after } = difference;
      const digests = `${shortDigest(before)} -> ${shortDigest(after)}`;
      return `output '${output}' ${digests}, from the same code, params and inputs`;
    }
    case 'metric': {
      const { metric, before, after, within } = difference;
      const tolerance = within === 0 ? '' : ` (tolerance ${formatMetric(within)})`;
      return `${metric} ${formatMetric(before)} -> ${formatMetric(after)}${tolerance}`;
    }
  }
}
