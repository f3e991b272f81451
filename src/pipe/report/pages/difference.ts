import { listSome } from '../../core/collections.ts';
import { formatChange, formatDelta } from '../../explain/format.ts';
import { formatCount } from '../../reporters/format.ts';
import { escapeHtml } from '../html.ts';
import type { ReportInput } from '../input.ts';
import { plainTable } from '../markup.ts';
import type { GenericPage } from '../site.ts';

/** What `pipe diff` says about these results and others. */
export function differencePage({ difference }: ReportInput): GenericPage | undefined {
  if (difference === undefined) return undefined;
  const { before, after, changes, metrics, sameMetrics, added, removed, unknown } = difference;
  const html = [
    `<p>From <strong>${escapeHtml(before)}</strong> to <strong>${escapeHtml(after)}</strong>.</p>`,
  ];
  const others = metrics.length === 0 ? '' : 'other ';
  html.push(`<p>${formatCount(sameMetrics, `${others}headline metric`)} unchanged.</p>`);
  const rows = [
    ...changes.map(({ change, instances }) => [formatChange(change), listSome(instances)]),
    ...(added.length > 0 ? [['added', listSome(added)]] : []),
    ...(removed.length > 0 ? [['removed', listSome(removed)]] : []),
    ...(unknown.length > 0 ? [['no longer in the cache', listSome(unknown)]] : []),
  ];
  if (rows.length > 0) {
    html.push(
      '<h2>Code, params and instances</h2>',
      plainTable('Changes', ['change', 'instances'], rows),
    );
  }
  if (metrics.length === 0)
    return { slug: 'difference', title: 'Difference', html: html.join('\n') };
  html.push('<h2>Headline metrics</h2>', '<div data-view="difference"></div>');
  const column = (
    name: string,
    pick: (change: (typeof metrics)[number]) => string | number | undefined,
  ) => ({
    name,
    values: metrics.map((change) => pick(change) ?? null),
  });
  const columns = [
    column('instance', ({ instance }) => instance),
    column('metric', ({ metric }) => metric),
    column('before', (change) => change.before),
    column('after', (change) => change.after),
    column('change', (change) => {
      const delta = formatDelta(change.before, change.after);
      return delta === '' ? undefined : Number(delta);
    }),
    column('tolerance', ({ isTolerated }) => (isTolerated ? 'within' : 'beyond')),
  ];
  return {
    slug: 'difference',
    title: 'Difference',
    html: html.join('\n'),
    data: { metrics: { columns } },
  };
}
