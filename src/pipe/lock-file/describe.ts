import { formatChange } from '../explain/explain.ts';
import type { Difference } from './compare.ts';

/** Instances listed of a stage that all differ in the same way. */
const LISTED = 3;

/** Differences as lines; instances of a stage that differ in the same way share one. */
export function describeDifferences(differences: readonly Difference[]): readonly string[] {
  const groups = new Map<string, { readonly what: string; readonly ids: string[] }>();
  for (const difference of differences) {
    const what = describe(difference);
    const stage = difference.instance.split('[', 1)[0];
    const group = groups.get(`${stage}\n${what}`);
    if (group === undefined) groups.set(`${stage}\n${what}`, { what, ids: [difference.instance] });
    else group.ids.push(difference.instance);
  }
  return [...groups.values()].map(({ what, ids }) => {
    const more = ids.length > LISTED ? ` and ${ids.length - LISTED} more` : '';
    return `${ids.slice(0, LISTED).join(', ')}${more}: ${what}`;
  });
}

function describe(difference: Difference): string {
  switch (difference.kind) {
    case 'added':
      return 'not in the lock file';
    case 'removed':
      return 'in the lock file, but no longer in the pipeline';
    case 'made-from': {
      const changes = difference.changes.map(formatChange).join(', ');
      return changes === '' ? 'reads other inputs' : changes;
    }
    case 'output': {
      const { output, before, after } = difference;
      return `output '${output}' ${short(before)} -> ${short(after)}, made from the same`;
    }
    case 'metric': {
      const { metric, before, after, within } = difference;
      const tolerance = within === 0 ? '' : ` (${formatMetric(within)} would not count)`;
      return `${metric} ${formatMetric(before)} -> ${formatMetric(after)}${tolerance}`;
    }
  }
}

/** Six digits; `none` where there is no such metric. */
export function formatMetric(value: number | undefined): string {
  return value === undefined ? 'none' : String(Number(value.toPrecision(6)));
}

function short(digest: string | undefined): string {
  return digest?.slice(0, 12) ?? 'none';
}
