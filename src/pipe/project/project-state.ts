import { join } from 'node:path';
import { type StageCodes, stageCodes } from '../code/digest.ts';
import { KnownCurrent } from '../current/known-current.ts';
import { type Disk, realDisk } from '../disk/disk.ts';
import { Paths } from '../disk/paths.ts';
import { type CodeSnapshot, currentSnapshot } from '../loader/code.ts';
import { graphSource } from '../pipeline/source.ts';
import { DEFAULT_PROFILE } from '../pipeline/spec.ts';

/**
 * One project as one version of its code sees it, as far as it takes to say that there is nothing to do: loading
 * what does things takes as long as that.
 */
export class ProjectState {
  readonly root: string;
  readonly snapshot: CodeSnapshot;
  readonly codes: StageCodes;
  readonly disk: Disk;
  readonly paths: Paths;

  constructor(
    snapshot: CodeSnapshot,
    disk: Disk = realDisk,
    codes: StageCodes = stageCodes(snapshot),
  ) {
    this.root = snapshot.projectRoot;
    this.snapshot = snapshot;
    this.codes = codes;
    this.disk = disk;
    this.paths = new Paths(this.root);
  }

  /** That of the working directory, as found by the loader. */
  static current(): ProjectState {
    const snapshot = currentSnapshot();
    if (snapshot === undefined) throw new Error('this process was not started by the loader');
    return new ProjectState(snapshot);
  }

  /** How many instances a run without targets is about, if all are known to be current. */
  countCurrent(
    profile: string = DEFAULT_PROFILE,
    sets: readonly string[] = [],
  ): number | undefined {
    const { root, codes } = this;
    const source = graphSource({ root, profile, sets, codes });
    return source && new KnownCurrent(this.disk, this.paths).count(source);
  }

  /** The profile of the last run; what inspecting commands show unless told otherwise. */
  lastProfile(): string {
    return this.disk.read(this.#profilePath)?.toString('utf8') ?? DEFAULT_PROFILE;
  }

  rememberProfile(profile: string): void {
    if (this.lastProfile() === profile) return;
    try {
      this.disk.makeFolder(this.paths.cache);
      this.disk.write(this.#profilePath, profile);
    } catch {
      // A convenience only.
    }
  }

  get #profilePath(): string {
    return join(this.paths.cache, 'last-profile');
  }
}
