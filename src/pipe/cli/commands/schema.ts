import { Command } from '@commander-js/extra-typings';
import { renderSchema } from '../../pipeline/grammar.ts';
import type { Shell } from '../shell/shell.ts';

export function build(shell: Shell) {
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
