import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { EXIT, explainDiskFault } from '../core/errors.ts';
import { PROGRAM_FOLDER } from '../loader/installation.ts';
import { mapStacks } from '../loader/stack.ts';
import { findProjectRoot, freezeCode } from '../loader/start.ts';
import { COMMANDS } from './commands.ts';
import { type CommandEntry, Shell } from './shell/shell.ts';

/**
 * The `pipe` command. Loads only the subcommand it is asked for.
 *
 * @param argv arguments without node and the script
 * @returns the exit code
 */
export async function runPipe(argv: readonly string[]): Promise<number> {
  mapStacks();
  watchOutput();
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
  let endWorker: Promise<() => Promise<void>> | undefined;
  try {
    await freezeProject((root) => {
      // After an edit a worker will be needed to say what the stage now is: it starts while esbuild works.
      if (name === 'run') endWorker = startWorker(root);
    });
    const command = await build(entry, shell);
    await command.parseAsync([...rest], { from: 'user' });
    return outputFault === undefined ? shell.exitCode : EXIT.failed;
  } catch (error) {
    const { reportError } = await import('./shell/report-error.ts');
    return reportError(error, rest.includes('--verbose'));
  } finally {
    await shell.close();
    await (await endWorker)?.();
  }
}

/** Why not all that was printed has arrived. */
let outputFault: Error | undefined;

function watchOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A reader that stops early (`pipe show x | head`) is no error and does not end a run.
    if (error.code === 'EPIPE' || outputFault !== undefined) return;
    outputFault = error;
    process.exitCode = EXIT.failed;
    void import('./shell/report-error.ts').then(({ reportError }) => {
      reportError(explainDiskFault(error, 'write to the standard output'), false);
    });
  });
  // There is nowhere to say it.
  process.stderr.on('error', () => {});
}

/**
 * Freezes the code of the project that the working directory is in; outside of one there is none.
 *
 * @param onEdit told the project's root when source files changed since the last start
 */
async function freezeProject(onEdit: (root: string) => void): Promise<void> {
  const projectRoot = findProjectRoot(realpathSync(process.cwd()));
  if (projectRoot === undefined) return;
  await freezeCode({ projectRoot, onEdit: () => onEdit(projectRoot) });
}

/** @returns what ends the worker again, unless a pool has taken it */
async function startWorker(projectRoot: string): Promise<() => Promise<void>> {
  const { endEarly, startEarly } = await import('../workers/pool.ts');
  startEarly(join(PROGRAM_FOLDER, 'worker.js'), projectRoot);
  return endEarly;
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
