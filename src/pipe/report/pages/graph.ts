import { escapeHtml } from '../html.ts';
import type { ReportInput } from '../input.ts';
import { code, link, plainTable } from '../markup.ts';
import type { GenericPage } from '../site.ts';

/** The stages and what they read, as a picture and as a table. */
export function graphPage({ graph, graphSvg }: ReportInput): GenericPage {
  const stageOf = new Map(graph.instances.map(({ id, stage }) => [id, stage]));
  const stages = new Map(graph.instances.map((instance) => [instance.stage, instance]));
  const rows = [...stages.values()].map(({ stage, module, command, inputs, outputs }) => [
    link(`instances.html#${encodeURIComponent(`stage=${stage}`)}`, stage),
    command === undefined ? code(`stages/${module}.ts`) : `command ${command.argv[0]}`,
    inputs
      .flatMap(({ sources: [source] }) =>
        source === undefined ? [] : `${stageOf.get(source.instance)}/${source.output}`,
      )
      .join(', '),
    Object.keys(outputs).join(', '),
  ]);
  const html = [
    `<div class="graph" tabindex="0" role="region" aria-label="${escapeHtml('Stages, drawn; the table below says the same')}">${graphSvg}</div>`,
    '<h2>In words</h2>',
    plainTable('Stages and what they read', ['stage', 'code', 'reads', 'makes'], rows),
  ];
  return { slug: 'graph', title: 'Graph', html: html.join('\n') };
}
