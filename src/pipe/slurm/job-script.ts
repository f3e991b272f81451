import type { Site } from './site.ts';

/** With which the words of a script begin that it ends before its agent has started. */
const SETUP_FAILED = 'setup of the site file failed';
const SCRATCH_FAILED = 'scratch of the site file cannot be used';

/**
 * The script of a job: makes ready what the site file asks for, and then starts the agent.
 * @param path where programs are found on the machine that submits
 * @param start lines that become the agent
 */
export function scriptOf(
  { setup, scratch }: Pick<Site, 'setup' | 'scratch'>,
  path: string,
  start: readonly string[],
): string {
  const lines = [
    // `module` is a function of login shells, and of bash: not of what /bin/sh may be.
    ...(setup.length === 0 ? ['#!/bin/sh'] : ['#!/bin/bash -l', loginPath(path)]),
    ...(scratch === undefined ? [] : scratchLines(scratch)),
    ...(setup.length === 0 ? [] : setupLines(setup)),
    ...start,
  ];
  return `${lines.join('\n')}\n`;
}

/** What to do about a job that ended before its agent said a word. @param log what it printed */
export function fixOf(log: string): string {
  if (log.includes(SETUP_FAILED)) return 'correct that line of `setup` in the site file';
  if (log.includes(SCRATCH_FAILED)) {
    return 'name a folder in `scratch` of the site file that can be made on every node';
  }
  return 'set `node` or `setup` in the site file, so that Node starts there';
}

/** Profiles of login shells set it anew; programs are to be the same with and without `setup`. */
function loginPath(path: string): string {
  return `export PATH=${quote(path)}:"$PATH"`;
}

function scratchLines(scratch: string): readonly string[] {
  const said = `${SCRATCH_FAILED}: $TMPDIR on $(uname -n)`;
  return [
    `export TMPDIR="${scratch}"`,
    `mkdir -p "$TMPDIR" && [ -w "$TMPDIR" ] || { echo "${said}" >&2; exit 1; }`,
  ];
}

/** A line may end the shell itself, or not be one: whatever ends it, the line is named. */
function setupLines(setup: readonly string[]): readonly string[] {
  return [
    `trap 'pipe_code=$?; echo "${SETUP_FAILED} on $(uname -n), with exit code $pipe_code: $pipe_setup" >&2' EXIT`,
    ...setup.flatMap((line) => [`pipe_setup=${quote(line)}`, 'eval "$pipe_setup" || exit']),
    'trap - EXIT',
    'unset pipe_setup',
  ];
}

export function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
