import type { Command } from 'commander';
import { EXIT } from '../core/errors.ts';
import { COMMANDS } from './commands.ts';
import { type CommandEntry, Shell } from './shell/shell.ts';

/**
 * The `pipe` command. Loads only the subcommand it is asked for.
 *
 * @param argv arguments without node and the script
 * @returns the exit code
 */
export async function main(argv: readonly string[]): Promise<number> {
  // A reader that stops early (`pipe show x | head`) is no error and does not end a run.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    return await help(rest[0], name === undefined);
  }
  if (name === '--version' || name === '-V') {
    const { readVersion } = await import('./help.ts');
    console.log(readVersion());
    return EXIT.ok;
  }
  const entry = COMMANDS.find((command) => command.name === name);
  if (entry === undefined) return await unknown(name);
  const shell = new Shell(COMMANDS);
  try {
    const command = await build(entry, shell);
    await command.parseAsync([...rest], { from: 'user' });
    return shell.exitCode;
  } catch (error) {
    const { reportError } = await import('./shell/report-error.ts');
    return reportError(error, rest.includes('--verbose'));
  } finally {
    await shell.close();
  }
}

/** Loads a command and sets what all commands share. */
async function build({ load, name, summary }: CommandEntry, shell: Shell): Promise<Command> {
  return (await load())
    .build(shell)
    .name(`pipe ${name}`)
    .description(summary)
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({ outputError: () => {} })
    .option('--verbose', 'print the stack of an error');
}

async function help(name: string | undefined, isMistake: boolean): Promise<number> {
  const { helpText } = await import('./help.ts');
  const entry = COMMANDS.find((command) => command.name === name);
  if (entry !== undefined) {
    (await build(entry, new Shell(COMMANDS))).outputHelp();
    return EXIT.ok;
  }
  if (name !== undefined && !name.startsWith('-')) return await unknown(name);
  if (isMistake) console.error(helpText());
  else console.log(helpText());
  return isMistake ? EXIT.usage : EXIT.ok;
}

async function unknown(name: string): Promise<number> {
  const { suggest } = await import('../core/suggest.ts');
  const names = COMMANDS.map((command) => command.name);
  console.error(`error: there is no command '${name}'\n  fix: ${suggest(name, names, 'commands')}`);
  return EXIT.usage;
}
