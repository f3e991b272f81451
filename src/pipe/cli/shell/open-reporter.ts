import { visible } from '../../core/visible.ts';
import type { RunEvent } from '../../events/events.ts';
import type { Reporter } from './reporter.ts';
import type { Shell } from './shell.ts';

export type ReporterName = 'live' | 'plain' | 'json' | 'github';

/** @param name by default live on a terminal, github in GitHub Actions and plain elsewhere */
export async function openReporter(
  shell: Shell,
  name: ReporterName | undefined,
  verbose: boolean,
): Promise<Reporter> {
  const write = (line: string) => shell.out(line);
  switch (name ?? defaultReporter()) {
    case 'github': {
      const { githubReporter } = await import('../../reporters/github.ts');
      return { emit: readable(githubReporter(write, { verbose })), close: async () => {} };
    }
    case 'json': {
      const time = () => new Date().toISOString();
      return {
        emit: (event) => write(JSON.stringify({ time: time(), ...event })),
        close: async () => {},
      };
    }
    case 'plain': {
      const { plainReporter } = await import('../../reporters/plain.ts');
      return { emit: readable(plainReporter(write, { verbose })), close: async () => {} };
    }
    case 'live':
      return lazilyLive(shell, verbose);
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

/** A run with nothing to do ends before there is anything to draw: only others load the display. */
function lazilyLive(shell: Shell, verbose: boolean): Reporter {
  let live: Promise<Reporter> | undefined;
  let opened: Reporter | undefined;
  const early: RunEvent[] = [];
  return {
    emit: readable((event) => {
      if (opened !== undefined) {
        opened.emit(event);
        return;
      }
      early.push(event);
      if (event.type === 'run-finished') return;
      live ??= import('./open-live.ts').then(({ openLive }) => {
        const reporter = openLive(shell, verbose);
        opened = reporter;
        for (const one of early.splice(0)) reporter.emit(one);
        return reporter;
      });
    }),
    async close() {
      await live;
      if (opened !== undefined) return opened.close();
      const { plainReporter } = await import('../../reporters/plain.ts');
      const plain = plainReporter((line) => shell.out(line), { verbose });
      for (const event of early) plain(event);
    },
  };
}
