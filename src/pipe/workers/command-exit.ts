import { KnownFailure } from './failure.ts';

/** How a program ended, or why it did not start. */
export interface ProgramExit {
  readonly exitCode?: number | undefined;
  readonly signal?: string | null | undefined;
  /** Of the system, where it could not be started. */
  readonly code?: string | undefined;
  readonly shortMessage?: string | undefined;
}

const STARTS: Readonly<Record<string, readonly [reason: string, fix: string]>> = {
  ENOENT: ['there is no such program', 'install it, or add its folder to PATH'],
  EACCES: ['it may not be executed', 'give the permission: chmod +x'],
  ENOEXEC: ['it is no program', 'name its interpreter first: [python3, scripts/fit.py]'],
  E2BIG: [
    'its arguments are too long',
    'read the inputs from the file that PIPE_STAGE names, instead of naming them all',
  ],
};

/** @returns `undefined` for success */
export function explainCommandExit(
  program: string,
  { exitCode, signal, code, shortMessage = '' }: ProgramExit,
): KnownFailure | undefined {
  if (exitCode === 0) return undefined;
  if (typeof signal === 'string') {
    const isKill = signal === 'SIGKILL';
    return new KnownFailure({
      kind: 'killed',
      message: `${program} was ended by ${signal}`,
      hint: isKill
        ? 'when nobody did that, the system ran out of memory: use fewer --jobs, or set resources.memory'
        : 'a crash in the program does this; its log may say more',
    });
  }
  if (exitCode !== undefined) {
    return new KnownFailure({
      kind: 'exited',
      message: `${program} failed with exit code ${exitCode}`,
    });
  }
  const [reason, fix] = STARTS[code ?? ''] ?? [shortMessage, 'see docs/commands.md'];
  return new KnownFailure({
    kind: 'no-program',
    message: `${program} cannot be started: ${reason}`,
    hint: fix,
  });
}
