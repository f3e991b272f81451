import type { CommandEntry } from './shell/command.ts';

/** All commands, in the order of `pipe --help`. Their files are loaded one at a time. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'run',
    summary: 'run what is out of date',
    load: () => import('./commands/run.ts'),
  },
  {
    name: 'status',
    summary: 'say what is current, what would run and what is missing',
    load: () => import('./commands/status.ts'),
  },
  {
    name: 'explain',
    summary: 'say why an instance would run, or what its result depends on',
    load: () => import('./commands/explain.ts'),
  },
  {
    name: 'show',
    summary: 'print an artifact as a table, JSON or CSV',
    load: () => import('./commands/show.ts'),
  },
  {
    name: 'log',
    summary: 'print what an instance said when it last ran',
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
    summary: 'list the last runs, or what one of them did',
    load: () => import('./commands/history.ts'),
  },
  {
    name: 'stats',
    summary: 'say where the time goes: slowest stages, cache hits, critical path',
    load: () => import('./commands/stats.ts'),
  },
  {
    name: 'watch',
    summary: 'run, and run again what an edit affects',
    load: () => import('./commands/watch.ts'),
  },
  {
    name: 'graph',
    summary: 'draw the stages and what they read',
    load: () => import('./commands/graph.ts'),
  },
  {
    name: 'schema',
    summary: 'print the JSON Schema of pipeline.yaml, for editors',
    load: () => import('./schema/pipeline-schema.ts'),
  },
  {
    name: 'verify',
    summary: 'read every blob and artifact again and compare it with its digest',
    load: () => import('./commands/verify.ts'),
  },
  {
    name: 'push',
    summary: 'send results to the remote cache',
    load: () => import('./commands/push.ts'),
  },
  {
    name: 'pull',
    summary: 'fetch results from the remote cache; runs nothing',
    load: () => import('./commands/pull.ts'),
  },
  {
    name: 'export',
    summary: 'write the results of a run and where they come from into one tar file',
    load: () => import('./commands/export.ts'),
  },
  {
    name: 'gc',
    summary: 'remove from the cache what is not used any more',
    load: () => import('./commands/gc.ts'),
  },
  {
    name: 'doctor',
    summary: 'say what this machine has, what is used and what is missing',
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'completion',
    summary: 'print a script that teaches a shell to complete pipe',
    load: () => import('./commands/completion.ts'),
  },
];
