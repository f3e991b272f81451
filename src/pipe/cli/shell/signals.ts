import { realClock } from '../../core/clock.ts';
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

/** Processes in groups of their own, which a terminal does not reach. */
interface Processes {
  kill(): void;
  /** Stops them, and lets them go on. */
  suspend(): void;
  resume(): void;
}

const STOPPING = 'stopping; press Ctrl-C again to quit now';

/**
 * The first signal cancels: running stages are stopped and the state is left clean. The second ends
 * the process at once; the next run cleans up after it. Ctrl-Z stops the child processes too.
 */
export function cancelOnSignals(
  shell: Shell,
  processes?: Processes,
  said: string = STOPPING,
): Cancellation {
  const controller = new AbortController();
  let exitCode: number | undefined;
  const handle = (name: keyof typeof CODES) => {
    if (exitCode !== undefined) {
      processes?.kill();
      process.exit(CODES[name]);
    }
    exitCode = CODES[name];
    shell.note(said);
    controller.abort();
  };
  const suspend = () => {
    shell.display?.suspend();
    processes?.suspend();
    realClock.pause();
    process.kill(process.pid, 'SIGSTOP');
  };
  const resume = () => {
    realClock.resume();
    processes?.resume();
    shell.display?.resume();
  };
  const handlers: Readonly<Record<string, (name: keyof typeof CODES) => void>> = {
    ...Object.fromEntries(NAMES.map((name) => [name, handle])),
    SIGTSTP: suspend,
    SIGCONT: resume,
  };
  for (const [name, handler] of Object.entries(handlers)) process.on(name, handler);
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
    release() {
      for (const [name, handler] of Object.entries(handlers)) process.off(name, handler);
    },
  };
}
