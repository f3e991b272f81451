import { mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import type { Headline, Progress } from '../pipeline/contract.ts';
import { explainCommandExit } from './command-exit.ts';
import type { CommandLine } from './executor.ts';
import { ProgressFile } from './progress-file.ts';
import type { RunJob } from './protocol.ts';
import type { StageOutput } from './stage-output.ts';

/** What a stage is run with. */
export interface Work {
  readonly job: RunJob;
  readonly signal: AbortSignal;
  /** Absolute paths by name. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly progress: (progress: Progress) => void;
  readonly output: StageOutput;
}

/**
 * Runs a command in the group of this process.
 *
 * @returns what reads its headline metrics
 * @throws {KnownFailure} when it cannot be started or does not succeed
 */
export async function runCommand(
  { job, signal, outputs, progress, output }: Work,
  { argv, metrics }: CommandLine,
  environment: Readonly<Record<string, string>>,
): Promise<() => Promise<Headline>> {
  const { instance, params, inputs, checkpoint, folder } = job;
  const usesCheckpoint = argv.some((word) => word.includes(checkpoint));
  if (usesCheckpoint) mkdirSync(checkpoint, { recursive: true });
  // Beside the private folders, where it is no output; written over by the next command of this process, because
  // file systems are slow at making files where many were removed.
  const description = join(dirname(folder), `${process.pid}.json`);
  const progressFile = `${folder}.progress`;
  const content = { instance, params, inputs: pathsOf(inputs), outputs, checkpoint };
  writeFileSync(description, JSON.stringify(content));
  const watched = new ProgressFile(progressFile, progress);
  const env = { ...environment, PIPE_STAGE: description, PIPE_PROGRESS: progressFile };
  try {
    await runProgram(argv, { cwd: folder, signal, env, output });
  } finally {
    watched.close();
    if (watched.isThere) rmSync(progressFile, { force: true });
    if (usesCheckpoint) removeIfEmpty(checkpoint);
  }
  return async () => (metrics === undefined ? {} : readMetrics(outputs[metrics]));
}

function readMetrics(path: string): Headline {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(
      `${basename(path)}, the file of its metrics, is not JSON: ${(error as Error).message}`,
    );
  }
  const isMapping = typeof json === 'object' && json !== null && !Array.isArray(json);
  if (isMapping) return json as Headline;
  throw new Error(`${basename(path)}, the file of its metrics, is not of the form {"loss": 0.31}`);
}

interface ProgramOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly output: StageOutput;
}

/**
 * Runs a program, what it prints going to the log.
 * @throws {KnownFailure}
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

function pathsOf(inputs: RunJob['inputs']) {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => [name, 'path' in input ? input.path : input]),
  );
}

/** Most commands keep no checkpoint; an empty one would look like unfinished work. */
function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Something is in it.
  }
}
