import { groupBy } from '../../../tables/group-by.ts';
import type { Graph } from '../../pipeline/graph.ts';
import type { ReportedResult } from '../../report/results.ts';
import { formatSeconds } from '../../reporters/format.ts';
import { drawStages } from '../graph/drawing.ts';
import { renderSvg } from '../graph/render.ts';

/** The graph of stages with the state and the time of each, for a page. */
export async function drawResults(
  graph: Graph,
  results: readonly ReportedResult[],
): Promise<string> {
  const byStage = groupBy(results, ({ instance }) => instance.stage);
  const declared = groupBy(graph.instances, ({ stage }) => stage);
  const drawing = drawStages(graph);
  const nodes = drawing.nodes.map((node) => {
    const own = byStage.get(node.name) ?? [];
    const all = declared.get(node.name)?.length ?? 0;
    const isCurrent = own.length === all && own.every(({ isOutdated }) => !isOutdated);
    const [state, words] =
      own.length === 0
        ? ['missing', 'no result']
        : isCurrent
          ? ['current', 'current']
          : own.length < all
            ? ['outdated', `${own.length} of ${all} have a result`]
            : ['outdated', 'outdated in part'];
    const seconds = own.reduce((sum, result) => sum + (result.seconds ?? 0), 0);
    const time = own.length === 0 ? [] : [formatSeconds(seconds)];
    return {
      ...node,
      lines: [...node.lines, [words, ...time].join(', ')],
      state,
      href: `instances.html#${encodeURIComponent(`stage=${node.name}`)}`,
    };
  });
  const svg = await renderSvg({ ...drawing, title: '', nodes });
  return svg.slice(svg.indexOf('<svg'));
}
