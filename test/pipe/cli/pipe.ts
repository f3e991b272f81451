import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Paths } from '../../../src/pipe/disk/paths.ts';
import { runProcess, type StartedProcess, startProcess } from '../../processes.ts';

const bin = fileURLToPath(new URL('../../../src/pipe/loader/pipe.mjs', import.meta.url));

/** Runs a program for whom permissions of files count, which they do not for root. */
const OBEDIENT =
  process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search'] : [];

/** Whether `pipeObedient` can be. */
export const canObey: boolean =
  process.platform !== 'win32' && runProcess('env', [...OBEDIENT, 'true']).status === 0;

/** The output and the exit status of a command. */
export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}

/** A project on disk, and the `pipe` command in it. */
export class PipeProject {
  readonly root: string;

  /** Added to the environment of every command. */
  readonly #env: Readonly<Record<string, string>>;

  /** @param root by default a throw-away folder */
  constructor(
    files: Readonly<Record<string, string>>,
    env: Readonly<Record<string, string>> = {},
    root: string = realpathSync(mkdtempSync(join(tmpdir(), 'shatter-pipe-'))),
  ) {
    this.root = root;
    this.#env = env;
    for (const [path, text] of Object.entries(files)) this.write(path, text);
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  pipe(...args: readonly string[]): CommandResult {
    return this.#run('node', [bin, ...args]);
  }

  /** The same as a user whom permissions of files stop. */
  pipeObedient(...args: readonly string[]): CommandResult {
    return this.#run('env', [...OBEDIENT, 'node', bin, ...args]);
  }

  #run(program: string, args: readonly string[]): CommandResult {
    return runProcess(program, args, {
      cwd: this.root,
      env: { ...process.env, NO_COLOR: '1', CI: '1', ...this.#env },
      // A command that hangs would block the test's own clock too.
      timeout: 180_000,
      killSignal: 'SIGKILL',
    });
  }

  /** Starts a command without waiting; a group of its own, so that all of it can be killed. */
  start(...args: readonly string[]): StartedProcess {
    return startProcess('node', [bin, ...args], {
      cwd: this.root,
      detached: true,
      env: { ...process.env, NO_COLOR: '1', CI: '1', ...this.#env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** Deletes results and history, but not the transpiled code. */
  forget(): void {
    const { actions, blobs, checkpoints, lock, logs, runs, signatures, temporary } = new Paths(
      this.root,
    );
    for (const path of [actions, blobs, checkpoints, lock, logs, runs, signatures, temporary]) {
      rmSync(path, { recursive: true, force: true });
    }
    rmSync(join(this.root, 'artifacts'), { recursive: true, force: true });
  }

  /** @param path of a file; without it the whole project goes */
  remove(path = ''): void {
    rmSync(join(this.root, path), { recursive: true, force: true });
  }
}

/** Source of a stage with one output, `out`; zod would cost each worker a tenth of a second. */
export function stage(
  body: string,
  {
    inputs = '{}',
    params = [],
  }: { readonly inputs?: string; readonly params?: readonly string[] } = {},
): string {
  const shape = JSON.stringify(Object.fromEntries(params.map((name) => [name, true])));
  return `
    import { existsSync, readFileSync, writeFileSync } from 'node:fs';
    import { join } from 'node:path';
    const params = { shape: ${shape}, safeParse: (data: unknown) => ({ success: true, data }) };
    export default {
      params,
      inputs: ${inputs},
      outputs: { out: 'out.txt' },
      async run({ params, inputs, outputs, checkpoint, signal, progress, log }: any) {
        ${body}
      },
    };`;
}
