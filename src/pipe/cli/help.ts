import { findInstallation } from '../loader/installation.ts';
import { COMMANDS } from './commands.ts';

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

export function readVersion(): string {
  return findInstallation().version;
}
