import { afterAll, expect, test } from 'vitest';
import { runProcess } from '../../../processes.ts';
import { PipeProject, stage } from '../pipe.ts';

const has = (name: string) => runProcess(name, ['--version']).status === 0;
const hasTerminal = has('script');
const hasFish = has('fish');

/** For the report of the tests: why one did not run. */
const why = (...missing: readonly string[]) =>
  ` (skipped: there is no ${missing.join(' and no ')} here)`;

const project = new PipeProject({
  'pipeline.yaml': `
axes: { game: [set, star, union], dim: [2, 20] }
stages: { count: { matrix: [game, dim] }, tidy: { matrix: [] } }
profiles: { ci: { axes: { dim: [4] } } }
`,
  'stages/count.ts': stage('', { params: ['game', 'dim'] }),
  'stages/tidy.ts': stage(''),
  // What a shell takes `count[game=set]` for, if it takes it for a pattern.
  countg: '',
});
afterAll(() => project.remove());

/** A shell at a terminal, without anybody's settings. */
const SHELLS = {
  bash: { start: 'bash --norc --noprofile -i', before: [] },
  zsh: { start: 'zsh -f -i', before: ['autoload -Uz compinit; compinit -u -D'] },
} as const;

/** What `pipe` is called with if these keys are typed, each line ended by the Enter key. */
function typed(shell: keyof typeof SHELLS, ...lines: readonly string[]): readonly string[] {
  const { start, before } = SHELLS[shell];
  project.write('script', project.pipe('completion', shell).stdout);
  const { stdout, status } = runProcess('script', ['-qec', start, '/dev/null'], {
    cwd: project.root,
    // A shell that waits for a key that never comes blocks the whole test process.
    timeout: 50_000,
    killSignal: 'SIGKILL',
    env: { ...process.env, TERM: 'dumb', HISTFILE: '' },
    input: [
      ...before,
      // Defined before the script, which leaves it as it is.
      `pipe() { echo "<$*>"; }`,
      'source ./script',
      ...lines,
      'exit 0\n',
    ].join('\n'),
  });
  expect(status).toBe(0);
  return [...stdout.matchAll(/^<(.*)>\r?$/gm)].map(([, words]) => words);
}

for (const shell of ['bash', 'zsh'] as const) {
  const missing = [...(hasTerminal ? [] : ['script']), ...(has(shell) ? [] : [shell])];
  test.skipIf(missing.length > 0)(
    `${shell} completes what is typed${missing.length > 0 ? why(...missing) : ''}`,
    () => {
      const lines = [
        'pipe expl\t',
        'pipe run --force cou\t ti\t',
        "pipe run 'count[game=s\tt\t",
        "pipe run 'count[game=union,dim=20\t",
        'cd .; pipe run "count[game=u\t',
        'pipe run --profile c\t ti\t',
        'pipe run --profile=c\t ti\t',
        'pipe show count/o\t',
        // No artifact is called so: files are offered.
        'pipe show pipel\t',
      ];
      expect(typed(shell, ...lines)).toEqual([
        'explain',
        'run --force count tidy',
        'run count[game=star]',
        'run count[game=union,dim=20]',
        'run count[game=union]',
        'run --profile ci tidy',
        'run --profile=ci tidy',
        'show count/out',
        'show pipeline.yaml',
      ]);
    },
    60_000,
  );
}

test.skipIf(!hasTerminal)(
  `bash completes without quotes, whatever it makes of brackets${hasTerminal ? '' : why('script')}`,
  () => {
    project.remove('countg');
    const lines = ['pipe run count[game=u\t', 'pipe run count[game=set,dim=2\t0\t'];
    const expected = ['run count[game=union]', 'run count[game=set,dim=20]'];
    expect(typed('bash', ...lines)).toEqual(expected);
    expect(typed('bash', 'shopt -s failglob', "pipe run 'count[game=u\t")).toEqual([expected[0]]);
  },
  60_000,
);

test.skipIf(!hasFish)(
  `fish completes what is typed${hasFish ? '' : why('fish')}`,
  () => {
    project.write('script', project.pipe('completion', 'fish').stdout);
    /** What fish offers. */
    const at = (line: string) => {
      const command = 'source ./script; complete -C $argv[1]';
      const { stdout } = runProcess('fish', ['--no-config', '-c', command, line], {
        cwd: project.root,
      });
      return stdout.trimEnd().split('\n');
    };
    expect(at('pipe expl')).toEqual(['explain']);
    expect(at('pipe run --force ')).toEqual(['count', 'tidy']);
    expect(at("pipe run 'count[game=s")).toEqual(['count[game=set]', 'count[game=star]']);
    expect(at('pipe run count[game=union,dim=20')).toEqual(['count[game=union,dim=20]']);
    expect(at('true; pipe run --profile=c')).toEqual(['--profile=ci']);
    expect(at('pipe show pipel')).toEqual(['pipeline.yaml']);
  },
  60_000,
);
