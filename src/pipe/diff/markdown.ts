import { listSome } from '../core/collections.ts';
import { formatChange, formatDelta, formatMetric } from '../explain/format.ts';
import type { MetricChange, VersionDifference } from './compare.ts';

/** Rows; longer tables are folded. */
const MAX_OPEN_ROWS = 20;

/** Formats a comparison for a pull request or a job summary. */
export function formatMarkdown(difference: VersionDifference): string {
  const { before, after, changes, metrics, sameMetrics, added, removed, unknown } = difference;
  const lines = [`### Results: ${escapeText(before)} → ${escapeText(after)}`, ''];
  const moved = metrics.filter(({ isTolerated }) => !isTolerated);
  const tolerated = metrics.filter(({ isTolerated }) => isTolerated);
  const others = count(sameMetrics + tolerated.length, 'headline metric');
  const isSame = tolerated.length === 0;
  if (moved.length === 0) {
    lines.push(`${others}, ${isSame ? 'none changed' : 'all within their tolerance'}.`);
  } else {
    const how = isSame ? 'did not change' : 'stayed within their tolerance';
    lines.push(...metricTable(moved), '', `The other ${others} ${how}.`);
  }
  if (tolerated.length > 0) {
    const what = `${tolerated.length} of these moved`;
    lines.push('', ...folded(what, rowsOf(tolerated)));
  }
  const notes = [
    ...changes.map(({ change, instances }) => `\`${formatChange(change)}\` (${named(instances)})`),
    ...(added.length === 0 ? [] : [`new: ${named(added)}`]),
    ...(removed.length === 0 ? [] : [`removed: ${named(removed)}`]),
    ...(unknown.length === 0 ? [] : [`code and params no longer known: ${named(unknown)}`]),
  ];
  if (notes.length > 0) lines.push('', 'Changes:', '', ...notes.map((note) => `- ${note}`));
  return `${lines.join('\n')}\n`;
}

function metricTable(metrics: readonly MetricChange[]): readonly string[] {
  const table = rowsOf(metrics);
  if (metrics.length <= MAX_OPEN_ROWS) return table;
  return folded(`${metrics.length} headline metrics changed`, table);
}

function folded(summary: string, lines: readonly string[]): readonly string[] {
  return [`<details><summary>${summary}</summary>`, '', ...lines, '', '</details>'];
}

function rowsOf(metrics: readonly MetricChange[]): readonly string[] {
  const rows = metrics.map(({ instance, metric, before, after }) => {
    const cells = [`\`${instance}\``, metric, formatMetric(before), formatMetric(after)];
    return `| ${[...cells, formatDelta(before, after)].join(' | ')} |`;
  });
  return [
    '| instance | metric | before | after | change |',
    '| --- | --- | ---: | ---: | ---: |',
    ...rows,
  ];
}

function named(instances: readonly string[]): string {
  const codes = instances.map((id) => `\`${id}\``);
  return listSome(codes);
}

function count(number: number, unit: string): string {
  return `${number} ${unit}${number === 1 ? '' : 's'}`;
}

function escapeText(text: string): string {
  return text.replace(/[|<>*_`\\]/g, '\\$&');
}
