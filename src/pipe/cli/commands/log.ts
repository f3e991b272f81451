import { Command } from '@commander-js/extra-typings';
import { RunError } from '../../core/errors.ts';
import { argumentsOf } from '../../pipeline/arguments.ts';
import type { Instance } from '../../pipeline/graph.ts';
import type { Project } from '../../project/project.ts';
import { readRunRecords } from '../../runs/files.ts';
import { leftLog, withAttempt } from '../../slurm/left-log.ts';
import { assessInstances, instancesNamed } from '../shell/instances.ts';
import { profileOption, setOption } from '../shell/options.ts';
import type { Shell } from '../shell/shell.ts';

/** Recent runs in which a failure is looked for: the cache remembers only successes. */
const RUNS = 20;

export function build(shell: Shell) {
  return new Command('log')
    .argument('<instance>', "an instance or several, e.g. 'train[model=small,seed=1]'")
    .addOption(profileOption())
    .addOption(setOption())
    .addHelpText(
      'after',
      `
examples:
  pipe log plot
  pipe log 'train[model=small,seed=1]' --profile ci

Every instance has a log of its own, which grows while it runs, also on a cluster without a run that follows it.`,
    )
    .action(async (name, options) => {
      const { project, graph } = await shell.inspect(options);
      const { disk, paths } = project.cache;
      const instances = instancesNamed(graph, name);
      const attempts = await leftAttempts(project, instances);
      const logs = instances.flatMap(({ id }) => {
        const text = disk.read(paths.log(id))?.toString('utf8');
        const attempt = attempts.get(id);
        if (text === undefined && !attempt) return [];
        return [{ id, text: withAttempt(text ?? '', attempt ?? '').trimEnd() }];
      });
      if (logs.length === 0) {
        if (attempts.size > 0) {
          const message = `${name} is on the cluster, and has printed nothing that can be seen here`;
          throw new RunError(message, 'npx pipe run --on slurm takes it over, with its log');
        }
        if (hasRun(project, instances)) throw new RunError(`${name} printed nothing`);
        const command = `npx pipe run${argumentsOf([name], graph.profile)}`;
        throw new RunError(`${name} has not run here`, command);
      }
      for (const { id, text } of logs) {
        if (instances.length > 1) shell.out(`== ${id}`);
        if (text !== '') shell.out(text);
      }
    });
}

/** What instances have printed on a cluster since no run follows them. */
async function leftAttempts(
  project: Project,
  instances: readonly Instance[],
): Promise<ReadonlyMap<string, string>> {
  const { disk, paths } = project.cache;
  const left = new Map<string, string>();
  if (disk.stat(paths.slurm) === undefined) return left;
  const { assessments } = await assessInstances(project, instances);
  for (const { id } of instances) {
    const assessment = assessments.get(id);
    if (assessment?.state !== 'outdated') continue;
    const log = leftLog(disk, paths, assessment.key);
    if (log !== undefined) left.set(id, log);
  }
  return left;
}

/** Whether one of the instances succeeded at any time, or failed recently. */
function hasRun({ cache }: Project, instances: readonly Instance[]): boolean {
  if (instances.some(({ id }) => cache.actions.doneFor(id).next().done !== true)) return true;
  const runs = readRunRecords(cache.disk, cache.paths.runs, RUNS);
  return instances.some(({ id }) => runs.some(({ failures }) => Object.hasOwn(failures, id)));
}
