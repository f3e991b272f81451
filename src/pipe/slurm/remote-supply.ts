import { join } from 'node:path';
import type { Digest } from '../core/digest.ts';
import { RunError } from '../core/errors.ts';
import type { Disk } from '../disk/disk.ts';
import { outputName } from '../pipeline/output-files.ts';
import type { RemoteFiles } from '../remote/remote-files.ts';
import type { Expected, Job, JobResult } from '../workers/executor.ts';
import type { RemoteSettings } from './batch.ts';
import type { RunOrder } from './messages.ts';
import type { Supply } from './supply.ts';
import type { Work } from './work.ts';
import type { WorkFolders } from './work-folders.ts';

/** Milliseconds between two tries. */
const AGAIN = 5000;

interface RemoteSupplyOptions {
  readonly files: RemoteFiles;
  readonly disk: Disk;
  readonly folders: WorkFolders;
  readonly digestOf: (path: string) => Promise<Digest | undefined>;
  /** Sends the code. @returns digests of its archives */
  readonly sendCode: () => Promise<readonly Digest[]>;
  /** Milliseconds for which a remote cache that fails is asked again. */
  readonly patience: number;
}

/** The coordinator's part where nodes see nothing of the project: all goes through the remote cache, by digest. */
export class RemoteSupply implements Supply {
  readonly #options: RemoteSupplyOptions;
  #archives: RemoteSettings['archives'] = [];

  constructor(options: RemoteSupplyOptions) {
    this.#options = options;
  }

  /** Of the code that agents run. */
  get archives(): RemoteSettings['archives'] {
    return this.#archives;
  }

  async open(): Promise<void> {
    this.#archives = await this.#options.sendCode();
  }

  close(): void {}

  async send(id: string, job: Job): Promise<Pick<RunOrder, 'job' | 'checkpoint'>> {
    const { files, folders } = this.#options;
    return await this.#patiently(async () => {
      const made = new Map((job.reads ?? []).map(({ path, digest }) => [path, digest]));
      const paths = [...Object.values(job.inputs).flatMap(pathsOf), ...(job.code ?? [])];
      const reads: Expected[] = [];
      for (const path of new Set(paths)) {
        const stored = await files.putArtifact(
          path,
          made.get(path) ?? (await this.#digestOf(path)),
        );
        if (stored === undefined) throw new RunError(`${path} is gone`, 'run again');
        reads.push({ path, ...stored });
      }
      folders.takeCheckpoint(id);
      const checkpoint =
        folders.signCheckpoint(id) === ''
          ? undefined
          : await files.putArtifact(folders.places(id).checkpoint);
      const { code: _, ...told } = job;
      return { job: { ...told, reads }, ...(checkpoint === undefined ? {} : { checkpoint }) };
    });
  }

  /** Of a raw input that is a plain file, by its signature; the others are read. */
  async #digestOf(path: string): Promise<Digest | undefined> {
    const stat = this.#options.disk.stat(path);
    return stat?.isFile === true && !stat.isExecutable
      ? await this.#options.digestOf(path)
      : undefined;
  }

  async collect(work: Work, result: JobResult): Promise<string | undefined> {
    const { files, folders } = this.#options;
    const { id, client } = work;
    try {
      await this.#patiently(async () => {
        if (result.ok && client !== undefined) {
          const { folder, outputs } = client.job;
          for (const { name, digest, tree } of result.outputs) {
            const stored = { digest, ...(tree === undefined ? {} : ({ isTree: true } as const)) };
            await files.getArtifact(stored, join(folder, outputName(outputs[name])));
          }
        }
        const left = folders.left(id);
        if (result.ok || left === undefined || left.digest === work.order?.checkpoint?.digest)
          return;
        await folders.replaceCheckpoint(id, (target) => files.getArtifact(left, target));
      });
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }

  async #patiently<T>(work: () => Promise<T>): Promise<T> {
    return await patiently(this.#options.patience, work);
  }
}

/** Tries again for a while what may fail because a server is away. @throws the last error */
export async function patiently<T>(patience: number, work: () => Promise<T>): Promise<T> {
  const end = performance.now() + patience;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.min(AGAIN, patience)).unref());
    }
  }
}

function pathsOf(input: Job['inputs'][string]): readonly string[] {
  return 'path' in input ? [input.path] : input.map(({ path }) => path);
}
