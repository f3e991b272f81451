import type { Job } from '../workers/executor.ts';

/**
 * A job as it is on a machine that has everything below one folder: what is `/a/b` elsewhere is `FOLDER/a/b` there.
 *
 * @param roots folders whose paths may stand in the words of a command
 */
export function relocate(job: Job, folder: string, roots: readonly string[]): Job {
  const at = (path: string) => `${folder}${path}`;
  const known = roots.map((root) => root.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  const pattern = new RegExp(`(?<![\\w./-])(?:${known})(?=/|$)`, 'g');
  const { command, inputs, reads } = job;
  const moved = Object.entries(inputs).map(([name, input]) => [
    name,
    'path' in input
      ? { ...input, path: at(input.path) }
      : input.map((one) => ({ ...one, path: at(one.path) })),
  ]);
  return {
    ...job,
    inputs: Object.fromEntries(moved),
    folder: at(job.folder),
    checkpoint: at(job.checkpoint),
    log: at(job.log),
    ...(reads === undefined ? {} : { reads: reads.map((one) => ({ ...one, path: at(one.path) })) }),
    ...(command === undefined
      ? {}
      : {
          command: { ...command, argv: command.argv.map((word) => word.replaceAll(pattern, at)) },
        }),
  };
}
