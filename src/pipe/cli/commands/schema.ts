import { resolve } from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { realDisk } from '../../disk/disk.ts';
import { writeAtomically } from '../../disk/write-atomically.ts';
import { renderSchema } from '../../pipeline/grammar.ts';
import type { Shell } from '../shell/shell.ts';

export function build(shell: Shell) {
  return new Command('schema')
    .option('--project', "with this project's own stages: their params, inputs and outputs")
    .option('-o, --output <file>', 'file to write instead of printing')
    .addHelpText(
      'after',
      `
examples:
  pipe schema --project -o pipeline.schema.json        and in the first line of pipeline.yaml:
  # yaml-language-server: $schema=pipeline.schema.json

With --project editors complete and check the params of every stage. Run it again when a stage's params or inputs
change.`,
    )
    .action(async ({ project, output }) => {
      const text = project === true ? await renderForProject(shell) : renderSchema();
      if (output === undefined) shell.out(text.trimEnd());
      else writeAtomically(realDisk, resolve(output), text);
    });
}

async function renderForProject(shell: Shell): Promise<string> {
  const project = await shell.open();
  const { projectParts } = await import('../../project/project-parts.ts');
  const { renderProjectSchema } = await import('../../pipeline/project-schema.ts');
  return renderProjectSchema(await projectParts(project, (line) => shell.note(`warning: ${line}`)));
}
