import { Argument, Command, Option } from 'commander';
import { findInstallation } from '../../loader/installation.ts';
import { completionScript, SHELLS, type ShellName } from '../completion/scripts.ts';
import type { Shell } from '../shell/shell.ts';

export function build(shell: Shell): Command {
  return new Command('completion')
    .addArgument(new Argument('[shell]', 'which shell').choices(SHELLS).default('bash'))
    .addOption(new Option('--line <text>', 'print completions of this line').hideHelp())
    .addHelpText(
      'after',
      `
examples:
  eval "$(npx pipe completion bash)"        in ~/.bashrc, or in the current terminal
  eval "$(npx pipe completion zsh)"         in ~/.zshrc, after compinit
  npx pipe completion fish | source         in ~/.config/fish/config.fish

Completes commands, options, profiles, stages, instances and their coordinates, artifacts and runs.
Unless there is a command of that name, the script also defines pipe: npx pipe without the half second
that npx takes.`,
    )
    .action(async (name: ShellName, { line }: { readonly line?: string }) => {
      if (line !== undefined) {
        const { completeLine } = await import('../completion/complete.ts');
        for (const candidate of await completeLine(shell, line)) shell.out(candidate);
        return;
      }
      const { bin } = findInstallation();
      shell.out(completionScript(name, bin));
    });
}
