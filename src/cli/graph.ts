import { Command, Option } from 'commander';
import type { InspectOptions, Shell } from './command.ts';
import { GRAPH_FORMATS, type GraphFormat, renderGraph } from './graph-render.ts';
import { profileOption, setOption } from './options.ts';

interface GraphOptions extends InspectOptions {
  readonly format: GraphFormat;
  readonly instances?: boolean;
}

export function build(shell: Shell): Command {
  return new Command('graph')
    .description('draw the stages and what they read')
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
  pipe graph --instances --profile ci
  pipe graph --format svg > pipeline.svg`,
    )
    .action(async ({ format, instances = false, ...options }: GraphOptions) => {
      shell.out(renderGraph(await shell.inspect(options), format, instances));
    });
}
