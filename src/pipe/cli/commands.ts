import type { CommandEntry } from './shell/command.ts';

/** All commands, in the order of `pipe --help`. Each file is loaded when its command is used. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'run',
    summary: 'run what is out of date',
    load: () => import('./commands/run.ts'),
  },
  {
    name: 'status',
    summary: 'show what is up to date and what would run',
    load: () => import('./commands/status.ts'),
  },
  {
    name: 'explain',
    summary: 'show why an instance would run, or what its result depends on',
    load: () => import('./commands/explain.ts'),
  },
  {
    name: 'show',
    summary: 'print an artifact as a table, JSON or CSV',
    load: () => import('./commands/show.ts'),
  },
  {
    name: 'log',
    summary: "print an instance's log",
    load: () => import('./commands/log.ts'),
  },
  {
    name: 'diff',
    summary: 'compare params and headline metrics of runs, commits or profiles',
    load: () => import('./commands/diff.ts'),
  },
  {
    name: 'accept',
    summary: 'record the current results in pipeline.lock.yaml',
    load: () => import('./commands/accept.ts'),
  },
  {
    name: 'history',
    summary: 'list recent runs, or show one of them',
    load: () => import('./commands/history.ts'),
  },
  {
    name: 'stats',
    summary: 'show where the time goes: slowest stages, cache hits, critical path',
    load: () => import('./commands/stats.ts'),
  },
  {
    name: 'watch',
    summary: 'run again whenever a file changes',
    load: () => import('./commands/watch.ts'),
  },
  {
    name: 'graph',
    summary: 'draw the stages and their inputs',
    load: () => import('./commands/graph.ts'),
  },
  {
    name: 'schema',
    summary: 'print the JSON Schema of pipeline.yaml and group.yaml, for editors',
    load: () => import('./commands/schema.ts'),
  },
  {
    name: 'verify',
    summary: 'check every cached file and artifact against its digest',
    load: () => import('./commands/verify.ts'),
  },
  {
    name: 'push',
    summary: 'send results to the remote cache',
    load: () => import('./commands/push.ts'),
  },
  {
    name: 'pull',
    summary: 'fetch results from the remote cache without running anything',
    load: () => import('./commands/pull.ts'),
  },
  {
    name: 'export',
    summary: 'write the results of a run and their provenance to a tar file',
    load: () => import('./commands/export.ts'),
  },
  {
    name: 'gc',
    summary: 'delete what is no longer used from the cache',
    load: () => import('./commands/gc.ts'),
  },
  {
    name: 'doctor',
    summary: 'check this machine, the installation and the cache',
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'completion',
    summary: 'print a shell completion script',
    load: () => import('./commands/completion.ts'),
  },
];
