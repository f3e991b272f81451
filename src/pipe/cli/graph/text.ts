import type { Graph, InputBinding } from '../../pipeline/graph.ts';
import { gathered, summarise, titleOf } from './summary.ts';

/** A line per stage. */
export function renderStageText(graph: Graph): string {
  const stages = summarise(graph);
  const rows = stages.map(({ stage, instances, coordinates, inputs }) => [
    stage,
    String(instances),
    coordinates.join(' '),
    inputs.map((input) => `${input.stage}/${input.output}${gathered(input.sources)}`).join(', '),
  ]);
  const [names, counts, axes] = [0, 1, 2].map((i) => Math.max(...rows.map((row) => row[i].length)));
  const lines = rows.map(([stage, instances, coordinates, reads]) =>
    [
      '',
      stage.padEnd(names),
      instances.padStart(counts),
      coordinates.padEnd(axes),
      reads === '' ? '' : `<- ${reads}`,
    ]
      .join('  ')
      .trimEnd(),
  );
  return [titleOf(graph, stages.length), ...lines].join('\n');
}

/** A line per instance, and below it one per input. */
export function renderInstanceText(graph: Graph): string {
  const lines = graph.instances.flatMap(({ id, inputs }) => [
    `  ${id}`,
    ...inputs.map((input) => `    ${input.name} <- ${describeSources(input)}`),
  ]);
  return [titleOf(graph, summarise(graph).length), ...lines].join('\n');
}

function describeSources({ sources }: InputBinding): string {
  const paths = sources.slice(0, 1).map(({ instance, output }) => `${instance}/${output}`);
  return sources.length > 1 ? `${paths[0]} and ${sources.length - 1} more` : paths.join();
}
