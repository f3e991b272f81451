import { join } from 'node:path';
import type { ActionKey, Digest } from '../core/digest.ts';
import type { Instance, InstanceId } from '../pipeline/graph.ts';

/** Where things are in a project. All but artifacts/ is below cache/, which may be deleted any time. */
export class Paths {
  readonly root: string;
  readonly cache: string;
  readonly actions: string;
  readonly lock: string;
  readonly runs: string;
  readonly temporary: string;
  readonly blobs: string;
  readonly checkpoints: string;
  readonly logs: string;
  readonly code: string;
  readonly knownCurrent: string;
  readonly artifacts: string;

  /** @param root of the project, absolute */
  constructor(root: string) {
    this.root = root;
    this.cache = join(root, 'cache');
    this.actions = join(this.cache, 'actions.log');
    this.lock = join(this.cache, 'lock');
    this.runs = join(this.cache, 'runs');
    this.temporary = join(this.cache, 'tmp');
    this.blobs = join(this.cache, 'blobs');
    this.checkpoints = join(this.cache, 'checkpoints');
    this.logs = join(this.cache, 'logs');
    this.code = join(this.cache, 'stage-code');
    this.knownCurrent = join(this.cache, 'known-current');
    this.artifacts = join(root, 'artifacts');
  }

  blob(digest: Digest): string {
    return join(this.blobs, digest.slice(0, 2), digest.slice(2));
  }

  checkpoint(key: ActionKey): string {
    return join(this.checkpoints, key);
  }

  log(id: InstanceId): string {
    return join(this.logs, `${id}.log`);
  }

  /** Where the files of a stage's code are listed, for `pipe explain`. */
  codeManifest(digest: string): string {
    return join(this.code, `${digest}.json`);
  }

  artifact(instance: Instance, output: string): string {
    // Not join: this runs for every artifact of every run, and the parts are clean.
    return `${this.root}/${instance.folder}/${instance.outputs[output]}`;
  }

  /** Relative to the project, for messages. */
  show(path: string): string {
    return path.startsWith(`${this.root}/`) ? path.slice(this.root.length + 1) : path;
  }
}
