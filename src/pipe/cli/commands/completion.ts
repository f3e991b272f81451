import { join } from 'node:path';
import { Argument, Command, Option } from 'commander';
import { currentSnapshot } from '../../loader/code.ts';
import type { Shell } from '../shell/command.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

type ShellName = (typeof SHELLS)[number];

export function build(shell: Shell): Command {
  return new Command('completion')
    .description('print a script that teaches a shell to complete pipe')
    .addArgument(new Argument('[shell]', 'which shell').choices(SHELLS))
    .addOption(new Option('--line <text>', 'print what may follow').hideHelp())
    .addHelpText(
      'after',
      `
examples:
  eval "$(npx pipe completion bash)"        in ~/.bashrc, or in the terminal at hand
  eval "$(npx pipe completion zsh)"         in ~/.zshrc, after compinit
  npx pipe completion fish | source         in ~/.config/fish/config.fish

Completed are commands, options, profiles, stages, instances and their coordinates, artifacts and runs.
The script also defines pipe, without npx and the half second that it takes, unless there is such a command.`,
    )
    .action(async (name: ShellName | undefined, { line }: { readonly line?: string }) => {
      if (line !== undefined) {
        const { completeLine } = await import('../completion/complete.ts');
        for (const candidate of await completeLine(shell, line)) shell.out(candidate);
        return;
      }
      const bin = join(currentSnapshot()?.packageRoot ?? '.', 'src/pipe/loader/pipe.mjs');
      shell.out(SCRIPTS[name ?? 'bash'](quote(bin)));
    });
}

/** Each asks for what may follow on the line typed so far; where nothing does, it offers files. */
const SCRIPTS: Readonly<Record<ShellName, (bin: string) => string>> = {
  // Bash takes a word without quotes apart at `=`: what is before must not be in the reply. Names with
  // brackets are patterns to it unless they are read.
  bash: (bin) => `type pipe >/dev/null 2>&1 || pipe() { node ${bin} "$@"; }
_pipe_complete() {
  local line="\${COMP_LINE:0:COMP_POINT}" word before= name
  word="\${line##*[[:space:]]}"
  [[ $COMP_WORDBREAKS == *=* && $word != [\\'\\"]* ]] && before="\${word%"\${word##*=}"}"
  COMPREPLY=()
  while IFS= read -r name; do
    COMPREPLY+=("\${name#"$before"}")
  done < <(node ${bin} completion --line "$line" 2>/dev/null)
  [[ \${COMPREPLY[0]-} == *[=,[] ]] && compopt -o nospace 2>/dev/null
  return 0
}
complete -o default -F _pipe_complete pipe`,
  zsh: (bin) => `whence pipe >/dev/null || pipe() { node ${bin} "$@" }
_pipe_complete() {
  local -a found
  local line="\${(j: :)words[1,CURRENT-1]} $QIPREFIX$PREFIX"
  found=("\${(@f)$(node ${bin} completion --line "$line" 2>/dev/null)}")
  [[ -n $found ]] && compadd -- $found || _files
}
compdef _pipe_complete pipe`,
  fish: (bin) => `type -q pipe; or function pipe; node ${bin} $argv; end
function __pipe_complete
  set -l found (node ${bin} completion --line (commandline -cp | string collect) 2>/dev/null)
  if set -q found[1]
    printf '%s\\n' $found
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c pipe -f -a '(__pipe_complete)'`,
};

/** One word for any of the shells. */
function quote(path: string): string {
  return /^[\w./@+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
