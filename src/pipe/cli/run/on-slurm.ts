import { join } from 'node:path';
import { stageModules } from '../../code/stage-modules.ts';
import { realClock } from '../../core/clock.ts';
import { realDisk } from '../../disk/disk.ts';
import { PROGRAM_FOLDER } from '../../loader/installation.ts';
import type { Project } from '../../project/project.ts';
import { SlurmExecutor } from '../../slurm/executor.ts';
import { FolderPost } from '../../slurm/post.ts';
import { Settlement } from '../../slurm/settlement.ts';
import type { Site } from '../../slurm/site.ts';
import { SlurmCommands } from '../../slurm/slurm-commands.ts';
import { SharedSupply } from '../../slurm/supply.ts';
import { WorkFolders } from '../../slurm/work-folders.ts';
import type { Shell } from '../shell/shell.ts';
import { openApart } from '../shell/slurm-apart.ts';

interface SlurmOptions {
  readonly jobs?: number | undefined;
  readonly remote?: string | true | undefined;
}

/** What runs a project's instances on the cluster, and all its processes. */
export function openSlurm(shell: Shell, project: Project, site: Site, options: SlurmOptions) {
  const { root, paths, snapshot, pool } = project;
  const folders = new WorkFolders(realDisk, paths);
  const apart = site.shared
    ? undefined
    : openApart(project, options.remote, {
        folders,
        folder: paths.slurm,
        patience: site.lease,
        warn: (message) => shell.note(`warning: ${message}`),
      });
  const supply = apart?.supply ?? new SharedSupply(root, [snapshot.folder, PROGRAM_FOLDER]);
  const executor = new SlurmExecutor({
    scheduler: new SlurmCommands(),
    post: apart?.post ?? new FolderPost(realDisk, paths.slurm),
    apart: apart?.start,
    folders,
    settlement: new Settlement(realDisk, paths, folders, site, supply),
    supply,
    clock: realClock,
    site,
    pool,
    isDone: (key) => project.cache.actions.get(key) !== undefined,
    modulesOf: (module) => stageModules(snapshot, project.codes[module]),
    program: join(PROGRAM_FOLDER, 'agent.js'),
    settings: {
      folder: paths.slurm,
      root,
      stages: join(snapshot.folder, 'stages'),
      idle: site.idle,
      grace: site.grace,
      lease: site.lease,
    },
    most: options.jobs ?? site.workers,
  });
  return {
    executor,
    /** Whether results go to the remote cache as they are made. */
    isSharing: apart !== undefined,
    async close() {
      await executor.close();
      apart?.close();
    },
    detach: () => executor.detach(),
    processes: {
      kill() {
        pool.kill();
        executor.kill();
      },
      suspend: () => pool.suspend(),
      resume: () => pool.resume(),
    },
  };
}
