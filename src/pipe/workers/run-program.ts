// Only here: execa takes a millisecond of processor time for each process, as much as a short program itself, and the
// memory that it loads makes the start of the next one slower. What it does for its users is not needed here.
// biome-ignore lint/style/noRestrictedImports: commands are many and short
import { spawn } from 'node:child_process';
import { explainCommandExit, type ProgramExit } from './command-exit.ts';
import type { StageOutput } from './stage-output.ts';

interface ProgramOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly output: StageOutput;
}

/**
 * Runs a program in the group of this process, what it prints going to the log.
 * @throws {KnownFailure} when it cannot be started or does not succeed
 */
export async function runProgram(
  argv: readonly string[],
  { cwd, env, signal, output }: ProgramOptions,
): Promise<void> {
  const { log, giveBack } = output.lend();
  try {
    const fault = explainCommandExit(argv[0], await exitOf(argv, cwd, env, log, signal));
    if (fault !== undefined) throw fault;
  } finally {
    giveBack();
  }
}

/** @param log a file descriptor for both of its streams: one through this process costs more than a short program */
async function exitOf(
  [program, ...args]: readonly string[],
  cwd: string,
  env: ProgramOptions['env'],
  log: number,
  signal: AbortSignal,
): Promise<ProgramExit> {
  return await new Promise((resolve) => {
    const failed = ({ code, message }: NodeJS.ErrnoException) => {
      resolve({ code, shortMessage: message });
    };
    try {
      const child = spawn(program, args, { cwd, env: { ...env }, stdio: ['ignore', log, log] });
      const stop = () => void child.kill('SIGTERM');
      signal.addEventListener('abort', stop, { once: true });
      child.once('error', failed);
      child.once('exit', (exitCode, killedBy) => {
        signal.removeEventListener('abort', stop);
        resolve({ exitCode: exitCode ?? undefined, signal: killedBy });
      });
      if (signal.aborted) stop();
    } catch (error) {
      // A word with a character that no system takes.
      failed(error as NodeJS.ErrnoException);
    }
  });
}
