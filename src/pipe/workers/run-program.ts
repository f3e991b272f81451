import { execa } from 'execa';
import { explainCommandExit } from './command-exit.ts';
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
  [program, ...args]: readonly string[],
  { cwd, env, signal, output }: ProgramOptions,
): Promise<void> {
  const { log, giveBack } = output.lend();
  // The types know the first descriptors alone.
  const file = log as 3;
  const child = execa(program, args, {
    cwd,
    env,
    extendEnv: false,
    // Not through this process: a stream for each costs more than a short program does.
    stdio: ['ignore', file, file],
    buffer: false,
    reject: false,
    // The group is ended as a whole.
    cleanup: false,
  });
  const stop = () => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  const { code, shortMessage } = await child;
  signal.removeEventListener('abort', stop);
  giveBack();
  const fault = explainCommandExit(program, {
    // One that was never started has the error's number in its place.
    exitCode: child.pid === undefined ? undefined : (child.exitCode ?? undefined),
    signal: child.signalCode,
    code,
    shortMessage,
  });
  if (fault !== undefined) throw fault;
}
