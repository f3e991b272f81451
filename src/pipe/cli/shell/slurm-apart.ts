import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, RunError } from '../../core/errors.ts';
import { realDisk } from '../../disk/disk.ts';
import { PROGRAM_FOLDER } from '../../loader/installation.ts';
import type { Project } from '../../project/project.ts';
import { remoteAddress } from '../../remote/address.ts';
import { openStore } from '../../remote/open-store.ts';
import { PatientStore } from '../../remote/patient-store.ts';
import { RemoteFiles } from '../../remote/remote-files.ts';
import type { Apart } from '../../slurm/batch.ts';
import { CarriedPost } from '../../slurm/carried-post.ts';
import { sendCode } from '../../slurm/code-archives.ts';
import { RemoteSupply } from '../../slurm/remote-supply.ts';
import type { WorkFolders } from '../../slurm/work-folders.ts';

interface ApartOptions {
  readonly folders: WorkFolders;
  /** Where the coordinator's mailboxes are. */
  readonly folder: string;
  /** Milliseconds for which a remote cache that fails is asked again. */
  readonly patience: number;
  readonly warn: (message: string) => void;
}

/**
 * What takes the place of a folder that all nodes see.
 * @param named address of the remote cache, or that of the environment
 * @throws {RunError} if there is none
 */
export function openApart(
  { root, paths, snapshot, cache }: Project,
  named: string | true | undefined,
  { folders, folder, patience, warn }: ApartOptions,
) {
  if (named === undefined) {
    const message = "the site file says that nodes do not see the project's folder (shared: false)";
    throw new RunError(message, 'name a remote cache that they reach: --remote URL', EXIT.usage);
  }
  const address = remoteAddress(process.env, named === true ? undefined : named);
  const { url } = address;
  const store = new PatientStore(url, () => openStore(realDisk, address));
  const files = new RemoteFiles(store, realDisk);
  const post = new CarriedPost(realDisk, folder, store, warn);
  const code = { disk: realDisk, files, snapshot, programs: PROGRAM_FOLDER, folder: paths.packed };
  const supply = new RemoteSupply({
    files,
    disk: realDisk,
    folders,
    digestOf: cache.digestOf,
    sendCode: () => sendCode(code),
    patience,
  });
  const start = (): Apart => ({
    remote: {
      url,
      archives: supply.archives,
      program: join(PROGRAM_FOLDER, 'agent.js'),
      roots: [root, paths.cache],
    },
    bootstrap: readFileSync(join(PROGRAM_FOLDER, 'bootstrap.js'), 'utf8'),
    secret: post.secret,
  });
  const close = () => {
    post.end();
    store.close();
  };
  return { url, post, supply, start, close };
}
