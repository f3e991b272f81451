import { resolve } from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { describeStart, startProject } from '../init/start-project.ts';
import type { Shell } from '../shell/shell.ts';

export function build(shell: Shell) {
  return new Command('init')
    .argument('[folder]', 'made if it is not there', '.')
    .addHelpText(
      'after',
      `
examples:
  pipe init                                 in this folder
  pipe init my-study

Writes pipeline.yaml, a stage in TypeScript, one in Python and a figure, raw data, a CI workflow and .gitignore.
No file that is there already is changed.`,
    )
    .action((name) => {
      const folder = resolve(name);
      const here = process.cwd();
      for (const line of describeStart(folder, here, startProject(folder))) shell.out(line);
    });
}
