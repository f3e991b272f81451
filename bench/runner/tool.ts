import { execaSync } from 'execa';
import { secondsOfChildren } from '../../src/pipe/workers/process-group.ts';

/** Stages of one chain: each reads what the one before it wrote. */
export const CHAIN = 10;

/** What is timed. */
export type Scenario =
  /** Nothing changed since the last run. */
  | 'noop'
  /** The source of one chain changed: its ten stages run again. */
  | 'one-leaf'
  /** Another param for the first stage of one chain: the same, but the declaration is edited. */
  | 'one-param'
  /** Nothing was ever made. */
  | 'full';

/** One command. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A runner and how it is told the same work: chains of ten stages that copy a file. */
export interface Tool {
  readonly name: string;
  /** Stages beyond which a run takes minutes. */
  readonly limit: number;
  /** Version, or why it cannot be measured here. */
  find(): { readonly version: string } | { readonly absent: string };
  /** Writes a project of so many stages into an empty folder. */
  prepare(folder: string, stages: number): void;
  readonly command: Command;
  /** Changes the source of one chain; another text each time. */
  edit(folder: string, text: string): void;
  /** The same by an edit of the file that declares the graph; another number each time. */
  declare?(folder: string, number: number): void;
  /** How many stages the output of a run says it executed; `undefined` if it does not tell. */
  ran(output: string): number | undefined;
}

/** What a command printed, and how long it took. */
export interface Timed {
  readonly seconds: number;
  /** Processor seconds of it and all that it waited for: less disturbed by whatever else the machine does. */
  readonly cpuSeconds: number;
  readonly output: string;
}

/** @throws when the command fails */
export function time({ file, args, env }: Command, cwd: string): Timed {
  const before = secondsOfChildren();
  const { durationMs, stdout, stderr } = execaSync(file, args, { cwd, env: { ...env } });
  const cpuSeconds = secondsOfChildren() - before;
  return { seconds: durationMs / 1000, cpuSeconds, output: `${stdout}\n${stderr}` };
}

/** The first line that `<file> --version` prints. */
export function findVersion(file: string, remedy: string): ReturnType<Tool['find']> {
  const { failed, stdout } = execaSync(file, ['--version'], { reject: false });
  if (failed) return { absent: `not installed: ${remedy}` };
  return { version: stdout.split('\n')[0].replace(/^\D*/, '') };
}

export function chainsOf(stages: number): readonly number[] {
  return Array.from({ length: Math.ceil(stages / CHAIN) }, (_, chain) => chain);
}

export function stepsOf(): readonly number[] {
  return Array.from({ length: CHAIN }, (_, step) => step);
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
