import { Command } from 'commander';
import type { ActionKey } from '../../core/digest.ts';
import { loadLockFile } from '../../lock-file/store.ts';
import type { Graph } from '../../pipeline/graph.ts';
import type { Project } from '../../project/project.ts';
import { formatBytes, formatCount } from '../../reporters/format.ts';
import { declaredPaths } from '../../session/undeclared.ts';
import { collectGarbage } from '../../upkeep/gc.ts';
import { withLock } from '../shell/lock.ts';
import { parseCount } from '../shell/options.ts';
import { profilesOf } from '../shell/pipeline-spec.ts';
import type { Shell } from '../shell/shell.ts';

interface GcOptions {
  readonly runs: number;
  readonly dryRun?: boolean;
}

export function build(shell: Shell): Command {
  return new Command('gc')
    .option('--runs <number>', 'keep outputs of the last N runs', parseCount, 10)
    .option('-n, --dry-run', 'only say what would be deleted')
    .addHelpText(
      'after',
      `
examples:
  pipe gc --dry-run                         what would be deleted
  pipe gc --runs 3

Keeps the results of every profile of pipeline.yaml as it is now, those in pipeline.lock.yaml and those
of the last runs. Removes from artifacts/ only what a run put there and no profile declares.`,
    )
    .action((options: GcOptions) => gc(shell, options));
}

async function gc(shell: Shell, { runs, dryRun = false }: GcOptions): Promise<void> {
  const project = await shell.open();
  const { cache, codeOf } = project;
  await withLock(cache, async () => {
    const graphs: Graph[] = [];
    for (const profile of profilesOf(project.root)) graphs.push(await project.load(profile));
    // First, because the store tells what is the pipeline's.
    const { leftovers } = await cache.places.undeclared(declaredPaths(cache, graphs));
    if (!dryRun) cache.places.remove(leftovers);
    const accepted = await acceptedKeys(project);
    const result = await collectGarbage(
      cache,
      graphs.map(({ instances }) => instances),
      codeOf,
      accepted,
      runs,
      dryRun,
    );
    cache.save();
    const what = `${formatCount(result.actions, 'action')}, ${formatCount(result.blobs, 'blob')} and ${formatCount(leftovers.length, 'artifact')}`;
    const freed = formatBytes(result.freed);
    shell.out(dryRun ? `would delete ${what}: ${freed}` : `deleted ${what}: ${freed} freed`);
  });
}

/** The results in `pipeline.lock.yaml`, of every profile. */
async function acceptedKeys({ cache, root }: Project): Promise<readonly ActionKey[]> {
  const profiles = [...(await loadLockFile(cache.disk, root)).values()];
  return profiles.flatMap(({ instances }) => [...instances.values()].map(({ key }) => key));
}
