import { realpathSync } from 'node:fs';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { EXIT, explainDiskFault } from '../core/errors.ts';
import { findInstallation, PROGRAM_FOLDER } from '../loader/installation.ts';
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
    console.log(findInstallation().version);
    return EXIT.ok;
  }
  const entry = COMMANDS.find((command) => command.name === name);
  if (entry === undefined) return await unknown(name);
  const shell = new Shell(COMMANDS, rest.includes('--verbose'));
  let endWorker: Promise<() => Promise<void>> | undefined;
  try {
    if (name !== 'init') {
      await freezeProject((root) => {
        // After an edit a worker will be needed to say what the stage now is: it starts while esbuild works.
        if (name === 'run') endWorker = startWorker(root);
      });
    }
    const command = await build(entry, shell);
    await command.parseAsync([...rest], { from: 'user' });
    return outputFault === undefined ? shell.exitCode : EXIT.failed;
  } catch (error) {
    const { reportError } = await import('./shell/report-error.ts');
    return reportError(error, shell.isVerbose);
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
  startEarly(PROGRAM_FOLDER, projectRoot);
  return endEarly;
}

/** Loads a command and sets what all commands share. */
async function build(
  { load, name, summary }: CommandEntry,
  shell: Shell,
): Promise<CommandUnknownOpts> {
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

/** What `pipe --help` prints. */
export function helpText(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  const commands = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return `usage: pipe <command> [options]

Runs the stages declared in pipeline.yaml, and only those that are out of date.

commands:
${commands.join('\n')}

examples:
  pipe run                                 everything that is out of date
  pipe run --profile ci                    with the axes and params of profile ci
  pipe run 'train[model=small,seed=1]'     one training and its inputs
  pipe run --only evaluate                 that stage alone, never its inputs
  pipe explain 'evaluate[seed=1]'          why it would run

'pipe <command> --help' explains a command.
exit codes: 0 success, 1 a stage or a check failed, 2 wrong arguments or pipeline.yaml, 3 another run
is in progress, 130 interrupted, 143 terminated`;
}
