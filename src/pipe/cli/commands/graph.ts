import { Command } from '@commander-js/extra-typings';
import { pendingLines } from '../../pipeline/mapped.ts';
import { GRAPH_FORMATS, renderGraph } from '../graph/render.ts';
import { formatOption, profileOption, setOption, targetsArgument } from '../shell/options.ts';
import type { Shell } from '../shell/shell.ts';

export function build(shell: Shell) {
  return new Command('graph')
    .addArgument(targetsArgument())
    .addOption(profileOption())
    .addOption(setOption())
    .addOption(formatOption(GRAPH_FORMATS))
    .option('--instances', 'draw every instance instead of the stages')
    .addHelpText(
      'after',
      `
examples:
  pipe graph
  pipe graph studies
  pipe graph --instances --profile ci
  pipe graph --format svg > pipeline.svg`,
    )
    .action(async (targets, options) => {
      const { graph, instances, covers } = await shell.select(targets, options);
      const shown = { ...graph, instances };
      shell.out((await renderGraph(shown, options.format, options.instances)).trimEnd());
      // No part of the picture or the data.
      for (const line of pendingLines(graph, covers)) {
        if (options.format === 'text') shell.out(`  ${line}`);
        else shell.note(line);
      }
    });
}
