import { fileURLToPath } from 'node:url';
import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import { runProcess, type StartedProcess, startProcess } from '../../processes.ts';
import { Screen } from '../reporters/screen.ts';
import { PipeProject, stage } from './pipe.ts';

const bin = fileURLToPath(new URL('../../../src/pipe/loader/pipe.mjs', import.meta.url));
const hasTerminal = runProcess('python3', ['-c', 'import pty']).status === 0;

const project = new PipeProject({ 'pipeline.yaml': 'stages: { slow: {} }' });
// Runs until somebody says 'go'.
project.write(
  'stages/slow.ts',
  stage(`
    progress({ done: 1, total: 2, unit: 'step' });
    while (!existsSync('${project.root}/go')) {
      signal.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    writeFileSync(outputs.out, 'done');`),
);
afterAll(() => project.remove());

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
const OBEYED = /\x1b\[31m|\x1b\[2J|\x1b\]|\x07|\x9b/;

const PROMPT = /> $/;

/** A shell with job control in a terminal of 80 by 24. */
class ShellInTerminal {
  readonly #process: StartedProcess;
  said = '';
  /** Up to where it was awaited. */
  #seen = 0;

  constructor(cwd: string) {
    const program = `import pty; pty.spawn(['bash', '--norc', '--noprofile', '--noediting', '-i'])`;
    const { CI: _, GITHUB_ACTIONS: __, ...env } = process.env;
    this.#process = startProcess('python3', ['-c', program], {
      cwd,
      env: { ...env, NO_COLOR: '1', TERM: 'xterm', LANG: 'C', LC_ALL: 'C' },
      extendEnv: false,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.said += text;
    });
    onTestFinished(() => void this.#process.kill('SIGKILL'));
  }

  type(text: string): void {
    this.#process.stdin?.write(text);
  }

  /** Resolves when a text is said after what was awaited last. */
  async says(text: string | RegExp): Promise<void> {
    await vi.waitFor(() => {
      const rest = this.said.slice(this.#seen);
      const match = typeof text === 'string' ? rest.includes(text) && text : text.exec(rest)?.[0];
      if (!match) throw new Error(`not said: ${text}, but ${JSON.stringify(rest)}`);
      this.#seen += rest.indexOf(match) + match.length;
    }, 30_000);
  }

  async lines(): Promise<readonly string[]> {
    const screen = new Screen(80, 24);
    screen.write(this.said);
    return await screen.lines();
  }
}

/** Starts a run and waits until its display is drawn. */
async function startRun(name = 'slow'): Promise<ShellInTerminal> {
  project.forget();
  project.remove('go');
  const shell = new ShellInTerminal(project.root);
  shell.type("stty rows 24 cols 80; PS1='> '\n");
  await shell.says(PROMPT);
  shell.type(`node ${bin} run\n`);
  await shell.says(`${name}  0/1`);
  return shell;
}

test.skipIf(!hasTerminal)(
  'after Ctrl-Z and fg nothing of the display is left but its lines',
  async () => {
    const shell = await startRun();
    shell.type('\x1a');
    await shell.says('Stopped');
    shell.type('echo betwe""en\n');
    await shell.says('between');
    shell.type('fg\n');
    await shell.says(/slow {2}0\/1/);
    project.write('go', '');
    await shell.says(/done in .*: 1 ran/);
    await shell.says(PROMPT);
    const lines = await shell.lines();
    const begin = lines.findIndex((line) => line.startsWith('profile default'));
    expect(lines.slice(begin).map((line) => line.replace(/[\d.]+ s/g, 'N s'))).toEqual([
      expect.stringMatching(/^profile default, run /),
      expect.stringMatching(/^(\^Z)?$/),
      expect.stringMatching(/^\[1\]\+ +Stopped +node /),
      '> echo betwe""en',
      'between',
      '> fg',
      `node ${bin} run`,
      'done slow N s',
      'done in N s: 1 ran',
      '>',
    ]);
  },
  120_000,
);

test.skipIf(!hasTerminal)(
  'after Ctrl-C the line that says so stays',
  async () => {
    const shell = await startRun();
    shell.type('\x03');
    await shell.says('stopping; press Ctrl-C again to quit now');
    await shell.says(PROMPT);
    const lines = await shell.lines();
    expect(
      lines.filter((line) => line.endsWith('stopping; press Ctrl-C again to quit now')),
    ).toHaveLength(1);
    expect(lines.join('\n')).toMatch(/stopping; [^\n]*\n(interrupted|stopped after) /);
    expect(lines.join('\n')).not.toMatch(/slow {2}0\/1/);
  },
  120_000,
);

test.skipIf(!hasTerminal)(
  'control characters of a stage are shown in the display and above it, not obeyed',
  async () => {
    project.write('pipeline.yaml', 'stages: { wild: {} }');
    project.write(
      'stages/wild.ts',
      stage(`
        progress({ done: 1, total: 2, unit: '\\x1b[31mstep', values: { '\\x9b2Jloss': 1 } });
        log('\\x1b]0;title\\x07');
        while (!existsSync('${project.root}/go')) await new Promise((resolve) => setTimeout(resolve, 5));
        throw new Error('\\x1b[2Jgone');`),
    );
    const shell = await startRun('wild');
    await shell.says('\\x1b[31mstep');
    await shell.says('\\x9b2Jloss');
    project.write('go', '');
    await shell.says('wild failed: \\x1b[2Jgone');
    await shell.says('\\x1b]0;title\\x07');
    await shell.says(PROMPT);
    expect(shell.said).not.toMatch(OBEYED);
  },
  120_000,
);
