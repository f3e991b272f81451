import { join } from 'node:path';
import type { RunError } from '../core/errors.ts';
import type { Disk } from '../disk/disk.ts';
import { outputName } from '../pipeline/output-files.ts';
import type { RemoteFiles } from '../remote/remote-files.ts';
import type { Job } from '../workers/executor.ts';
import type { Outcome, RunOrder } from './messages.ts';
import { relocate } from './relocation.ts';
import { patiently } from './remote-supply.ts';
import type { NodeSupply } from './supply.ts';

interface Options {
  readonly files: RemoteFiles;
  readonly disk: Disk;
  /** What everything lies below on this node. */
  readonly folder: string;
  /** Of the project and its cache, on the coordinator's machine. */
  readonly roots: readonly string[];
  /** Milliseconds for which a remote cache that fails is asked again. */
  readonly patience: number;
}

/** An agent's part where nodes see nothing of the project. */
export class RemoteNodeSupply implements NodeSupply {
  readonly #options: Options;
  /** Signature of the checkpoint that was saved last. */
  #saved = '';

  constructor(options: Options) {
    this.#options = options;
  }

  async take({ job, checkpoint }: RunOrder): Promise<Job | string> {
    const { files, disk, folder, roots, patience } = this.#options;
    const own = relocate(job, folder, roots);
    try {
      await patiently(patience, async () => {
        for (const { path, ...stored } of own.reads ?? []) await files.getArtifact(stored, path);
        if (checkpoint !== undefined) await files.getArtifact(checkpoint, own.checkpoint);
      });
      disk.makeFolder(own.folder);
      return own;
    } catch (error) {
      return (error as Error).message;
    }
  }

  async give({ checkpoint }: RunOrder, job: Job, outcome: Outcome): Promise<Outcome> {
    const { files, disk, patience } = this.#options;
    const { result } = outcome;
    try {
      return await patiently(patience, async () => {
        if (result.ok) {
          for (const { name, digest } of result.outputs) {
            await files.putArtifact(join(job.folder, outputName(job.outputs[name])), digest);
          }
          return outcome;
        }
        const left = await files.putArtifact(job.checkpoint);
        return left === undefined || left.digest === checkpoint?.digest
          ? outcome
          : { ...outcome, checkpoint: left };
      });
    } catch (error) {
      if (!result.ok) return outcome;
      const { message, hint = 'run again' } = error as RunError;
      return { ...outcome, result: { ok: false, failure: { kind: 'storage', message, hint } } };
    } finally {
      await disk.discard(join(job.folder, '..')).catch(() => {});
    }
  }

  async save({ checkpoint }: Job): Promise<RunOrder['checkpoint']> {
    const { files, disk } = this.#options;
    const signature = disk
      .list(checkpoint)
      .map((name) => disk.stat(join(checkpoint, name))?.signature)
      .join();
    if (signature === '' || signature === this.#saved) return undefined;
    const stored = await files.putArtifact(checkpoint);
    this.#saved = signature;
    return stored;
  }
}
