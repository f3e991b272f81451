import type { CommandEntry } from './shell/shell.ts';

const ENTRIES: readonly (readonly [name: string, summary: string, load: CommandEntry['load']])[] = [
  [
    'init',
    'start a project: pipeline.yaml, three stages and their data',
    () => import('./commands/init.ts'),
  ],
  ['run', 'run what is out of date', () => import('./commands/run.ts')],
  ['status', 'show what is up to date and what would run', () => import('./commands/status.ts')],
  [
    'explain',
    'show why an instance would run, or what its result depends on',
    () => import('./commands/explain.ts'),
  ],
  ['show', 'print an artifact as a table, JSON or CSV', () => import('./commands/show.ts')],
  ['log', "print an instance's log", () => import('./commands/log.ts')],
  [
    'diff',
    'compare params and headline metrics of runs, commits or profiles',
    () => import('./commands/diff.ts'),
  ],
  [
    'accept',
    'record the current results in pipeline.lock.yaml',
    () => import('./commands/accept.ts'),
  ],
  ['history', 'list recent runs, or show one of them', () => import('./commands/history.ts')],
  [
    'stats',
    'show where the time goes: slowest stages, cache hits, critical path',
    () => import('./commands/stats.ts'),
  ],
  [
    'report',
    'make web pages of the results: tables, figures, provenance',
    () => import('./commands/report.ts'),
  ],
  ['ui', 'show runs as they go, on a local page', () => import('./commands/ui.ts')],
  ['watch', 'run again whenever a file changes', () => import('./commands/watch.ts')],
  ['graph', 'draw the stages and their inputs', () => import('./commands/graph.ts')],
  [
    'schema',
    'print the JSON Schema of pipeline.yaml and group.yaml, for editors',
    () => import('./commands/schema.ts'),
  ],
  [
    'verify',
    'check every cached file and artifact against its digest',
    () => import('./commands/verify.ts'),
  ],
  ['push', 'send results to the remote cache', () => import('./commands/push.ts')],
  [
    'pull',
    'fetch results from the remote cache without running anything',
    () => import('./commands/pull.ts'),
  ],
  [
    'export',
    'write the results of a run and their provenance to a tar file',
    () => import('./commands/export.ts'),
  ],
  ['gc', 'delete what is no longer used from the cache', () => import('./commands/gc.ts')],
  [
    'doctor',
    'check this machine, the installation and the cache',
    () => import('./commands/doctor.ts'),
  ],
  ['completion', 'print a shell completion script', () => import('./commands/completion.ts')],
];

/** All commands, in the order of `pipe --help`. Each file is loaded when its command is used. */
export const COMMANDS: readonly CommandEntry[] = ENTRIES.map(([name, summary, load]) => {
  return { name, summary, load };
});
