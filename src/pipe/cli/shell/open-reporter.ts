import { visible } from '../../core/visible.ts';
import type { RunEvent } from '../../events/events.ts';
import type { Reporter } from './reporter.ts';
import type { Shell } from './shell.ts';

export type ReporterName = 'live' | 'plain' | 'json' | 'github';

/** @param name by default live on a terminal, github in GitHub Actions and plain elsewhere */
export async function openReporter(
  shell: Shell,
  name: ReporterName | undefined,
): Promise<Reporter> {
  const write = (line: string) => shell.out(line);
  switch (name ?? defaultReporter()) {
    case 'github': {
      const { githubReporter } = await import('../../reporters/github.ts');
      const emit = readable(githubReporter(write, { verbose: shell.isVerbose }));
      return { emit, close: async () => {} };
    }
    case 'json': {
      const time = () => new Date().toISOString();
      const emit = (event: RunEvent) => write(JSON.stringify({ time: time(), ...event }));
      return { emit, close: async () => {} };
    }
    case 'plain':
      return await openPlain(shell);
    case 'live':
      return lazilyLive(shell);
  }
}

/** Names, log lines and messages come from stages: what they hold is shown, not obeyed by the terminal. */
function readable(emit: (event: RunEvent) => void): (event: RunEvent) => void {
  return (event) => emit(withVisible(event) as RunEvent);
}

function withVisible(value: unknown): unknown {
  if (typeof value === 'string') return visible(value);
  if (Array.isArray(value)) return value.map(withVisible);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [visible(key), withVisible(part)]),
  );
}

function defaultReporter(): ReporterName {
  if (process.env.GITHUB_ACTIONS === 'true') return 'github';
  return process.stdout.isTTY && !process.env.CI ? 'live' : 'plain';
}

async function openPlain(shell: Shell): Promise<Reporter> {
  const { plainReporter } = await import('../../reporters/plain.ts');
  const emit = readable(plainReporter((line) => shell.out(line), { verbose: shell.isVerbose }));
  return { emit, close: async () => {} };
}

/** A run with nothing to do ends before there is anything to draw: only others load the display. */
function lazilyLive(shell: Shell): Reporter {
  let reporter: Promise<Reporter> | undefined;
  return {
    emit(event) {
      reporter ??= event.type === 'run-finished' ? openPlain(shell) : openLive(shell);
      void reporter.then(({ emit }) => emit(event));
    },
    async close() {
      await (await reporter)?.close();
    },
  };
}

async function openLive(shell: Shell): Promise<Reporter> {
  const live = await import('./open-live.ts');
  const { emit, close } = live.openLive(shell, shell.isVerbose);
  return { emit: readable(emit), close };
}
