import { digestBytes } from '../core/digest.ts';
import { currentBoot, thisRuntime } from '../core/machine.ts';
import type { Disk } from '../disk/disk.ts';
import type { Paths } from '../disk/paths.ts';
import { writeAtomically } from '../disk/write-atomically.ts';
import type { Seen, Surroundings } from '../inputs/surroundings.ts';
import { isCommandModule } from '../pipeline/command.ts';
import type { Commands, StageCodes } from '../pipeline/graph.ts';
import type { PlanStore, StoredPlan } from '../pipeline/load.ts';
import { codesOf, type ModuleCodes } from '../pipeline/source.ts';
import { type Entry, isInPlace } from './ledger-entry.ts';

const FORMAT = 'ledger 2';

/** Ledgers to keep: a few profiles and `--set`s in turn. */
const KEPT = 16;

/** The first line of a ledger. */
interface Head {
  readonly format: typeof FORMAT;
  /** Digest of the code of every stage file that the plan uses. */
  readonly codes: ModuleCodes;
  /** By module. */
  readonly commands: Commands;
  /** The state in which all instances were current; left out if they were not. */
  readonly current?: {
    /** Signature of the action log. */
    readonly actions: string | undefined;
    /** Artifacts are not synced, so their signatures are believed within one boot. */
    readonly boot: string;
    /** Part of the key of every instance. */
    readonly runtime: string;
    readonly seen: Seen;
  };
}

interface Content extends StoredPlan {
  readonly current: Head['current'];
  /** One per instance of a run without targets, in the order of the plan; none unless all were current. */
  readonly entries: readonly Entry[];
}

/**
 * What is known of one declaration: its plan, and the state in which every instance was current. While code,
 * action log and artifacts are unchanged, everything is current; checking that costs a stat per artifact.
 * After an edit it tells which instances the edit cannot affect. Losing it costs time only.
 */
export class Ledger implements PlanStore {
  readonly #disk: Disk;
  readonly #paths: Paths;
  readonly #path: string;
  readonly #boot: string;
  #content: Content | 'none' | undefined;

  /** @param boot names the time since the machine was started */
  constructor(disk: Disk, paths: Paths, declaration: string, boot: string = currentBoot()) {
    this.#disk = disk;
    this.#paths = paths;
    this.#path = paths.ledger(declaration);
    this.#boot = boot;
  }

  /** Number of instances of a run without targets, if all of them are current. */
  async countCurrent(codes: StageCodes, surroundings: Surroundings): Promise<number | undefined> {
    const { stored } = this;
    if (stored === undefined) return undefined;
    // The code of commands is seen by its files and tools.
    const modules = Object.keys(stored.codes).filter((module) => !isCommandModule(module));
    const now = codesOf(modules, codes);
    if (Object.keys(now).some((module) => now[module] !== stored.codes[module])) return undefined;
    const entries = this.entriesOf(stored.plan, this.#actions());
    const { root } = this.#paths;
    if (entries === undefined || stored.current === undefined) return undefined;
    const changed = await surroundings.changedSince(stored.current.seen);
    if (Object.values(changed).some((names) => names.size > 0)) return undefined;
    return entries.every((entry) => isInPlace(this.#disk, root, entry))
      ? entries.length
      : undefined;
  }

  get stored(): Content | undefined {
    this.#content ??= this.#read() ?? 'none';
    return this.#content === 'none' ? undefined : this.#content;
  }

  /**
   * The entries of all instances of a plan when they were last current.
   * @param actions signature of the action log as it was read
   */
  entriesOf(plan: string, actions: string | undefined): readonly Entry[] | undefined {
    const { stored } = this;
    if (stored?.current === undefined || stored.plan !== plan) return undefined;
    const { boot, runtime } = stored.current;
    const isSame =
      boot === this.#boot && runtime === thisRuntime() && stored.current.actions === actions;
    return isSame ? stored.entries : undefined;
  }

  store(plan: string, codes: ModuleCodes, commands: Commands): void {
    this.#write({ plan, codes, commands, current: undefined, entries: [] });
  }

  /** Remembers that all instances of a plan are current, by the action log as it is now. */
  storeCurrent(
    plan: string,
    codes: ModuleCodes,
    commands: Commands,
    seen: Seen,
    entries: readonly Entry[],
  ): void {
    const current = { actions: this.#actions(), boot: this.#boot, runtime: thisRuntime(), seen };
    this.#write({ plan, codes, commands, current, entries });
  }

  #actions(): string | undefined {
    return this.#disk.stat(this.#paths.actions)?.signature;
  }

  #read(): Content | undefined {
    try {
      const bytes = this.#disk.read(this.#path);
      if (bytes === undefined) return undefined;
      const end = bytes.indexOf('\n');
      const body = bytes.subarray(end + 1);
      if (digestBytes(body) !== bytes.toString('latin1', 0, end)) return undefined;
      const [first, plan, ...entries] = body.toString('utf8').split('\n');
      const { format, codes, commands, current } = JSON.parse(first) as Head;
      return format === FORMAT ? { codes, commands, plan, current, entries } : undefined;
    } catch {
      return undefined;
    }
  }

  #write(content: Content): void {
    this.#content = content;
    const { codes, commands, plan, current, entries } = content;
    const head: Head = { format: FORMAT, codes, commands, ...(current && { current }) };
    const body = [JSON.stringify(head), plan, ...entries].join('\n');
    const bytes = Buffer.from(`${NO_SUM}\n${body}`);
    bytes.write(digestBytes(bytes.subarray(NO_SUM.length + 1)), 'latin1');
    try {
      writeAtomically(this.#disk, this.#path, bytes);
      this.#prune();
    } catch {
      // The next start takes longer.
    }
  }

  #prune(): void {
    const { ledgers } = this.#paths;
    const names = this.#disk.list(ledgers);
    if (names.length <= KEPT) return;
    const files = names.map((name) => {
      const path = `${ledgers}/${name}`;
      return { path, modified: this.#disk.stat(path)?.modified ?? 0 };
    });
    files.sort((a, b) => b.modified - a.modified);
    for (const { path } of files.slice(KEPT)) this.#disk.remove(path);
  }
}

/** Holds the place of a digest. */
const NO_SUM = '0'.repeat(64);

/** The next run then assesses every instance. */
export function forgetLedgers(disk: Disk, paths: Paths): void {
  disk.remove(paths.ledgers);
}
