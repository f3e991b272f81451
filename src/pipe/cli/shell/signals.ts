import { EXIT } from '../../core/errors.ts';

/** Signals that ask this process to end, seen as the cancelling of its work. */
export interface Cancellation {
  readonly signal: AbortSignal;
  /** What to exit with if a signal came. */
  readonly exitCode: number | undefined;
  release(): void;
}

/**
 * The first signal cancels: what runs is stopped and the state is left clean. The second ends the
 * process at once; the next run clears up after it.
 *
 * @param kill ends child processes at once
 */
export function cancelOnSignals(note: (line: string) => void, kill: () => void): Cancellation {
  const controller = new AbortController();
  const codes = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated, SIGHUP: 129 } as const;
  let exitCode: number | undefined;
  const handle = (name: NodeJS.Signals) => {
    const code = codes[name as keyof typeof codes];
    if (exitCode !== undefined) {
      kill();
      process.exit(code);
    }
    exitCode = code;
    note('stopping; once more to stop at once');
    controller.abort();
  };
  for (const name of Object.keys(codes)) process.on(name, handle);
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
    release() {
      for (const name of Object.keys(codes)) process.off(name, handle);
    },
  };
}
