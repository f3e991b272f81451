import { Command } from 'commander';
import { selectInstances } from '../../current/selection.ts';
import { GRAPH_FORMATS, type GraphFormat, renderGraph } from '../graph/render.ts';
import { addGraphOptions, formatOption, targetsArgument } from '../shell/options.ts';
import type { InspectOptions, Shell } from '../shell/shell.ts';

interface GraphOptions extends InspectOptions {
  readonly format: GraphFormat;
  readonly instances?: boolean;
}

export function build(shell: Shell): Command {
  return addGraphOptions(
    new Command('graph')
      .addArgument(targetsArgument())
      .addOption(formatOption(GRAPH_FORMATS))
      .option('--instances', 'draw every instance instead of the stages'),
  )
    .addHelpText(
      'after',
      `
examples:
  pipe graph
  pipe graph studies
  pipe graph --instances --profile ci
  pipe graph --format svg > pipeline.svg`,
    )
    .action(async (targets: readonly string[], options: GraphOptions) => {
      const { graph } = await shell.inspect(options);
      const shown = { ...graph, instances: selectInstances(graph, targets).instances };
      shell.out((await renderGraph(shown, options.format, options.instances)).trimEnd());
    });
}
