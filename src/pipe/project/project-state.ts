import { type StageCodes, stageCodes } from '../code/stage-codes.ts';
import { Ledger } from '../current/ledger.ts';
import { type Disk, realDisk } from '../disk/disk.ts';
import { Paths } from '../disk/paths.ts';
import { writeAtomically } from '../disk/write-atomically.ts';
import { Surroundings } from '../inputs/surroundings.ts';
import { type CodeSnapshot, currentSnapshot } from '../loader/code.ts';
import { readDeclaration } from '../pipeline/source.ts';
import { DEFAULT_PROFILE } from '../pipeline/spec.ts';

/**
 * A project at one version of its code: all that it takes to find that there is nothing to do, and no
 * more, because loading the rest takes as long as that.
 */
export class ProjectState {
  readonly root: string;
  readonly snapshot: CodeSnapshot;
  /** Of stage files, and of the commands of a loaded graph. */
  codes: StageCodes;
  readonly disk: Disk;
  readonly paths: Paths;
  /** Those read so far, by declaration: if something has to be done they are needed again. */
  readonly ledgers: Map<string, Ledger>;
  readonly surroundings: Surroundings;

  constructor(
    snapshot: CodeSnapshot,
    disk: Disk = realDisk,
    codes: StageCodes = stageCodes(snapshot),
    ledgers: Map<string, Ledger> = new Map(),
    surroundings?: Surroundings,
  ) {
    this.root = snapshot.projectRoot;
    this.snapshot = snapshot;
    this.codes = codes;
    this.disk = disk;
    this.paths = new Paths(this.root);
    this.ledgers = ledgers;
    this.surroundings = surroundings ?? new Surroundings(this.root, disk);
  }

  /** That of the working directory, as found by the loader. */
  static current(): ProjectState {
    const snapshot = currentSnapshot();
    if (snapshot === undefined) throw new Error('this process was not started by the loader');
    return new ProjectState(snapshot);
  }

  readonly ledgerOf = (declaration: string): Ledger => {
    const known = this.ledgers.get(declaration);
    if (known !== undefined) return known;
    const ledger = new Ledger(this.disk, this.paths, declaration);
    this.ledgers.set(declaration, ledger);
    return ledger;
  };

  /** Number of instances of a run without targets, if all of them are known to be current. */
  async countCurrent(profile: string, sets: readonly string[]): Promise<number | undefined> {
    const declaration = readDeclaration(this.root, { profile, sets });
    return declaration === undefined
      ? undefined
      : await this.ledgerOf(declaration).countCurrent(this.codes, this.surroundings);
  }

  /** The profile of the last run: the default of commands that inspect. */
  lastProfile(): string {
    return this.disk.read(this.paths.lastProfile)?.toString('utf8') ?? DEFAULT_PROFILE;
  }

  rememberProfile(profile: string): void {
    if (this.lastProfile() === profile) return;
    try {
      writeAtomically(this.disk, this.paths.lastProfile, profile);
    } catch {
      // A convenience only.
    }
  }
}
