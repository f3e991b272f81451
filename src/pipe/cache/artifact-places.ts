import { dirname, join } from 'node:path';
import { assertInside } from '../disk/containment.ts';
import type { Disk } from '../disk/disk.ts';
import type { Paths } from '../disk/paths.ts';
import { isPartial } from './output-store.ts';
import type { Signatures } from './signatures.ts';
import { artifactDigest } from './tree.ts';

/** Paths in artifacts/ by whose they are. */
export interface Undeclared {
  /** Of the pipeline, which no longer declares them: the store has what they hold. */
  readonly leftovers: readonly string[];
  /** Of somebody else; a folder with nothing of the pipeline in it stands for all that is in it. */
  readonly foreign: readonly string[];
}

/** What stands in artifacts/ besides the artifacts of the pipeline. */
export class ArtifactPlaces {
  readonly #disk: Disk;
  readonly #paths: Paths;
  readonly #signatures: Signatures;

  constructor(disk: Disk, paths: Paths, signatures: Signatures) {
    this.#disk = disk;
    this.#paths = paths;
    this.#signatures = signatures;
  }

  /**
   * Finds what no instance declares. The pipeline's is only what it put there, if nobody touched it since and
   * the store has it; all else is foreign, copies of artifacts too.
   *
   * @param declared absolute paths of all artifacts that are declared
   */
  async undeclared(declared: ReadonlySet<string>): Promise<Undeclared> {
    const { artifacts } = this.#paths;
    const onTheWay = new Set<string>();
    for (const path of declared) {
      for (let at = dirname(path); at.length > artifacts.length; at = dirname(at)) {
        if (onTheWay.has(at)) break;
        onTheWay.add(at);
      }
    }
    const leftovers: string[] = [];
    const foreign: string[] = [];
    /** @returns whether all that is there is foreign */
    const look = async (path: string): Promise<boolean> => {
      if (declared.has(path)) return false;
      if (await this.#isStored(path)) {
        leftovers.push(path);
        return false;
      }
      if (this.#disk.stat(path)?.isFolder !== true) {
        foreign.push(path);
        return true;
      }
      const [others, begin] = [foreign.length, leftovers.length];
      let isForeign = !onTheWay.has(path);
      for (const name of this.#disk.list(path)) {
        if (isPartial(name)) continue;
        if (!(await look(join(path, name)))) isForeign = false;
      }
      if (!isForeign || begin !== leftovers.length) return false;
      foreign.splice(others, foreign.length, path);
      return true;
    };
    for (const name of this.#disk.list(artifacts)) {
      if (!isPartial(name)) await look(join(artifacts, name));
    }
    return { leftovers, foreign };
  }

  /** Whether it was put there by a run, and removing it loses nothing. */
  async #isStored(path: string): Promise<boolean> {
    const digest = await this.#signatures.untouched(path);
    return digest !== undefined && this.#disk.stat(this.#paths.blob(digest)) !== undefined;
  }

  /** Removes leftovers, and the folders that are empty without them. Requires the project's lock. */
  remove(leftovers: readonly string[]): void {
    const { artifacts, root } = this.#paths;
    for (const path of leftovers) {
      assertInside(this.#disk, root, path);
      this.#disk.remove(path);
      let folder = dirname(path);
      while (folder.length > artifacts.length && this.#disk.list(folder).length === 0) {
        this.#disk.remove(folder);
        folder = dirname(folder);
      }
    }
  }

  /**
   * Moves what stands in an artifact's place to a free name beside it, unless it is the pipeline's: nothing
   * of anybody else is overwritten.
   *
   * @param wasMade whether the pipeline has put something there before
   * @returns where it is now; `undefined` if nothing was moved
   */
  async makeWay(path: string, wasMade: boolean): Promise<string | undefined> {
    if (wasMade || this.#disk.stat(path) === undefined || this.#signatures.isKnown(path)) {
      return undefined;
    }
    const digest = await artifactDigest(this.#disk, path);
    if (digest !== undefined && this.#disk.stat(this.#paths.blob(digest)) !== undefined) {
      return undefined;
    }
    for (let number = 1; ; number += 1) {
      const free = `${path}.kept-${number}`;
      if (this.#disk.stat(free) !== undefined) continue;
      assertInside(this.#disk, this.#paths.root, dirname(free));
      this.#disk.rename(path, free);
      return free;
    }
  }
}
