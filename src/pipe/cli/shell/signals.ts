import { EXIT } from '../../core/errors.ts';
import type { Shell } from './shell.ts';

/** Turns the signals that ask this process to end into the cancellation of its work. */
export interface Cancellation {
  readonly signal: AbortSignal;
  /** The exit code if a signal came. */
  readonly exitCode: number | undefined;
  release(): void;
}

const CODES = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated, SIGHUP: 129 } as const;
const NAMES = Object.keys(CODES) as readonly (keyof typeof CODES)[];

/**
 * The first signal cancels: running stages are stopped and the state is left clean. The second ends
 * the process at once; the next run cleans up after it.
 *
 * @param kill ends child processes at once
 */
export function cancelOnSignals(shell: Shell, kill: () => void = () => {}): Cancellation {
  const controller = new AbortController();
  let exitCode: number | undefined;
  const handle = (name: keyof typeof CODES) => {
    if (exitCode !== undefined) {
      kill();
      process.exit(CODES[name]);
    }
    exitCode = CODES[name];
    shell.note('stopping; press Ctrl-C again to quit now');
    controller.abort();
  };
  for (const name of NAMES) process.on(name, handle);
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
    release() {
      for (const name of NAMES) process.off(name, handle);
    },
  };
}
