import { Command } from '@commander-js/extra-typings';
import type { ActionKey } from '../../core/digest.ts';
import { loadLockFile } from '../../lock-file/store.ts';
import type { Project } from '../../project/project.ts';
import { formatBytes, formatCount } from '../../reporters/format.ts';
import { withLock } from '../../session/exclusive.ts';
import { declaredPaths, ofPendingStages } from '../../session/undeclared.ts';
import { collectGarbage } from '../../upkeep/gc.ts';
import { parseCount } from '../shell/options.ts';
import type { Shell } from '../shell/shell.ts';

export function build(shell: Shell) {
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
    .action(async ({ runs, dryRun = false }) => {
      const project = await shell.open();
      const { cache, codeOf } = project;
      await withLock(cache, async () => {
        const graphs = await project.loadAll();
        // First, because the store tells what is the pipeline's.
        const undeclared = await cache.places.undeclared(declaredPaths(cache, graphs));
        const isOfPending = ofPendingStages(cache, graphs);
        const leftovers = undeclared.leftovers.filter((path) => !isOfPending(path));
        if (!dryRun) cache.places.remove(leftovers);
        const accepted = await acceptedKeys(project);
        const result = await collectGarbage(cache, graphs, codeOf, accepted, runs, dryRun);
        const records = `${formatCount(result.actions, 'action')}, ${formatCount(result.blobs, 'blob')}`;
        const what = `${records} and ${formatCount(leftovers.length, 'artifact')}`;
        const freed = formatBytes(result.freed);
        shell.out(dryRun ? `would delete ${what}: ${freed}` : `deleted ${what}: ${freed} freed`);
      });
    });
}

/** The results in `pipeline.lock.yaml`, of every profile. */
async function acceptedKeys({ cache, root }: Project): Promise<readonly ActionKey[]> {
  const profiles = [...(await loadLockFile(cache.disk, root)).values()];
  return profiles.flatMap(({ instances }) => [...instances.values()].map(({ key }) => key));
}
