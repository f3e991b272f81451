import { Command } from 'commander';
import { renderSchema } from '../../pipeline/grammar.ts';
import type { Shell } from '../shell/shell.ts';

export function build(shell: Shell): Command {
  return new Command('schema')
    .addHelpText(
      'after',
      `
examples:
  pipe schema > pipeline.schema.json        and in the first line of pipeline.yaml:
  # yaml-language-server: $schema=pipeline.schema.json`,
    )
    .action(() => shell.out(renderSchema().trimEnd()));
}
