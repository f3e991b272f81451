import { Command } from 'commander';
import type { ActionKey } from '../../core/digest.ts';
import { assertContained } from '../../disk/containment.ts';
import { acquireLock } from '../../disk/lock.ts';
import { loadLockFile } from '../../lock-file/store.ts';
import type { Project } from '../../project/project.ts';
import { formatBytes, formatCount } from '../../reporters/format.ts';
import { collectGarbage } from '../../upkeep/upkeep.ts';
import type { Shell } from '../shell/command.ts';
import { count } from '../shell/options.ts';
import { profilesOf } from '../shell/profiles.ts';

interface GcOptions {
  readonly runs: number;
  readonly dryRun?: boolean;
}

export function build(shell: Shell): Command {
  return new Command('gc')
    .description('remove from the cache what is not used any more')
    .option('--runs <number>', 'keep what so many of the last runs made', count, 10)
    .option('-n, --dry-run', 'say what would be removed')
    .addHelpText(
      'after',
      `
examples:
  pipe gc --dry-run                         what would be removed
  pipe gc --runs 3

Kept are the results that any profile of pipeline.yaml can use as it now is, those that
pipeline.lock.yaml names, and those of the last runs. Artifacts are not touched.`,
    )
    .action((options: GcOptions) => gc(shell, options));
}

async function gc(shell: Shell, { runs, dryRun = false }: GcOptions): Promise<void> {
  const project = await shell.open();
  const { cache, codeOf } = project;
  assertContained(cache.disk, cache.paths);
  const lock = acquireLock(cache.disk, cache.paths.lock);
  try {
    const graphs = [];
    for (const profile of profilesOf(project.root)) {
      graphs.push((await project.load(profile)).instances);
    }
    const result = await collectGarbage(cache, graphs, codeOf, acceptedKeys(project), runs, dryRun);
    cache.save();
    const what = `${formatCount(result.actions, 'action')} and ${formatCount(result.blobs, 'blob')}`;
    const freed = formatBytes(result.freed);
    shell.out(dryRun ? `would remove ${what}: ${freed}` : `removed ${what}: ${freed} freed`);
  } finally {
    lock.release();
  }
}

/** What `pipeline.lock.yaml` names, of every profile. */
function acceptedKeys({ cache, root }: Project): readonly ActionKey[] {
  const profiles = [...loadLockFile(cache.disk, root).values()];
  return profiles.flatMap(({ instances }) => [...instances.values()].map(({ key }) => key));
}
