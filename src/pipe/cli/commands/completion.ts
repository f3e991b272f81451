import { Argument, Command, Option } from '@commander-js/extra-typings';
import { findInstallation } from '../../loader/installation.ts';
import type { Shell } from '../shell/shell.ts';

export function build(shell: Shell) {
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
    .action(async (name, { line }) => {
      if (line !== undefined) {
        const { completeLine } = await import('../completion/complete.ts');
        for (const candidate of await completeLine(shell, line)) shell.out(candidate);
        return;
      }
      const { bin } = findInstallation();
      shell.out(completionScript(name, bin));
    });
}

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type ShellName = (typeof SHELLS)[number];

/**
 * The completion script of a shell.
 * @param bin path of the script that runs `pipe`
 */
export function completionScript(shell: ShellName, bin: string): string {
  return SCRIPTS[shell](quote(bin));
}

/** Each calls `pipe completion --line` with the line typed so far; if that prints nothing, it offers files. */
const SCRIPTS: Readonly<Record<ShellName, (bin: string) => string>> = {
  // Bash splits a word without quotes at `=`: the reply must not repeat what comes before. It would
  // expand names with brackets as patterns, hence `read`.
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
  local -a candidates
  local line="\${(j: :)words[1,CURRENT-1]} $QIPREFIX$PREFIX"
  candidates=("\${(@f)$(node ${bin} completion --line "$line" 2>/dev/null)}")
  [[ -n $candidates ]] && compadd -- $candidates || _files
}
compdef _pipe_complete pipe`,
  fish: (bin) => `type -q pipe; or function pipe; node ${bin} $argv; end
function __pipe_complete
  set -l candidates (node ${bin} completion --line (commandline -cp | string collect) 2>/dev/null)
  if set -q candidates[1]
    printf '%s\\n' $candidates
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c pipe -f -a '(__pipe_complete)'`,
};

/** Quotes a path for any of the shells. */
function quote(path: string): string {
  return /^[\w./@+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
