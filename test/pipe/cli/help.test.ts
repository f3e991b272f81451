import { expect, onTestFinished, test } from 'vitest';
import { COMMANDS } from '../../../src/pipe/cli/commands.ts';
import { helpText } from '../../../src/pipe/cli/main.ts';
import type { Shell } from '../../../src/pipe/cli/shell/shell.ts';
import { PipeProject } from './pipe.ts';

/** What `pipe <name> --help` prints. */
async function helpOf({ load }: (typeof COMMANDS)[number]): Promise<string> {
  const { build } = await load();
  let said = '';
  const command = build({} as Shell).configureOutput({
    writeOut: (text) => {
      said += text;
    },
  });
  command.outputHelp();
  return said;
}

test('the help of every command says what it does and has examples of itself', async () => {
  for (const entry of COMMANDS) {
    const help = await helpOf(entry);
    expect(help, entry.name).toContain(`Usage: ${entry.name}`);
    const [, examples = ''] = help.split('\nexamples:\n');
    expect(examples, entry.name).toMatch(new RegExp(`^\\s.*\\bpipe ${entry.name}\\b`));
  }
});

test('without a pipeline.yaml help works, and other commands say that there is none', () => {
  const folder = new PipeProject({});
  onTestFinished(() => folder.remove());
  expect(folder.pipe('gc', '--help').stdout).toMatch(/^Usage: pipe gc /);
  expect(folder.pipe('completion', 'fish').status).toBe(0);
  for (const command of ['run', 'status', 'history']) {
    const { status, stderr } = folder.pipe(command);
    expect(stderr).toContain(`there is no pipeline.yaml in ${folder.root} or above it`);
    expect(status).toBe(2);
  }
});

test('the help of pipe lists every command', () => {
  for (const { name, summary } of COMMANDS) {
    expect(helpText()).toMatch(new RegExp(`^  ${name} +${summary}$`, 'm'));
  }
});

test('every option and argument is described', async () => {
  for (const { load, name } of COMMANDS) {
    const { options, registeredArguments } = (await load()).build({} as Shell);
    for (const { flags, description } of options)
      expect(description, `${name} ${flags}`).not.toBe('');
    for (const argument of registeredArguments) {
      expect(argument.description, `${name} ${argument.name()}`).not.toBe('');
    }
  }
});
