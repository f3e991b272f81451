import {
  closeSync,
  constants,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Headline } from '../pipeline/contract.ts';
import type { CommandLine } from './executor.ts';
import { KnownFailure } from './failure.ts';
import { ProgressFile } from './progress-file.ts';
import type { RunJob } from './protocol.ts';
import type { Given } from './run-job.ts';
import { runProgram } from './run-program.ts';

/**
 * Runs a command.
 *
 * @returns what reads its headline metrics
 * @throws {KnownFailure} when it cannot be started or does not succeed
 */
export async function runCommand(
  { job, signal, outputs, progress, output }: Given,
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
  overwrite(description, JSON.stringify(content));
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

/** Does not empty the file first: file systems write one to the disk at once that was emptied and filled again. */
function overwrite(path: string, text: string): void {
  const file = openSync(path, constants.O_WRONLY | constants.O_CREAT);
  try {
    writeFileSync(file, text);
    ftruncateSync(file, Buffer.byteLength(text));
  } finally {
    closeSync(file);
  }
}

/** @throws {KnownFailure} for anything but numbers by name */
function readMetrics(path: string): Headline {
  const wrong = (what: string) =>
    new KnownFailure({
      kind: 'threw',
      message: `${basename(path)}, the file of its metrics, ${what}`,
      hint: 'write numbers by name, such as {"loss": 0.31}, and leave out what is not known',
    });
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw wrong(`is not JSON: ${(error as Error).message}`);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw wrong('is no mapping');
  const odd = Object.entries(json).find(([, value]) => !isMetric(value));
  if (odd !== undefined) throw wrong(`has ${JSON.stringify(odd[1])} for '${odd[0]}'`);
  return json as Headline;
}

function isMetric(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value === 'number';
  const { value: number, within } = value as {
    readonly value?: unknown;
    readonly within?: unknown;
  };
  return typeof number === 'number' && typeof within === 'number';
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
