import { execa, execaSync, type Options, type SyncOptions } from 'execa';

/** Runs a program to its end, whatever that is. */
export function runProcess(program: string, args: readonly string[], options: SyncOptions = {}) {
  const result = execaSync(program, args, { ...options, reject: false, stripFinalNewline: false });
  const { stdout, stderr, exitCode } = result;
  return {
    stdout: String(stdout ?? ''),
    stderr: String(stderr ?? ''),
    status: exitCode ?? null,
  };
}

/** Starts a program that a test listens to, and ends. */
export function startProcess(program: string, args: readonly string[], options: Options = {}) {
  const own = { buffer: false, reject: false, forceKillAfterDelay: false } as const;
  return execa(program, args, { ...options, ...own });
}

export type StartedProcess = ReturnType<typeof startProcess>;
