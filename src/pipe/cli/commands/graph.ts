import { Command, Option } from 'commander';
import { selectInstances } from '../../current/selection.ts';
import { GRAPH_FORMATS, type GraphFormat, renderGraph } from '../graph/render.ts';
import type { InspectOptions, Shell } from '../shell/command.ts';
import { profileOption, setOption } from '../shell/options.ts';

interface GraphOptions extends InspectOptions {
  readonly format: GraphFormat;
  readonly instances?: boolean;
}

export function build(shell: Shell): Command {
  return new Command('graph')
    .description('draw the stages and what they read')
    .argument('[targets...]', 'stages, groups or instances (default: the stages of no group)')
    .addOption(
      new Option('--format <format>', 'how to draw it').choices(GRAPH_FORMATS).default('text'),
    )
    .option('--instances', 'draw every instance instead of the stages')
    .addOption(profileOption())
    .addOption(setOption())
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
      const graph = await shell.inspect(options);
      const shown = { ...graph, instances: selectInstances(graph, targets).instances };
      shell.out(renderGraph(shown, options.format, options.instances));
    });
}
