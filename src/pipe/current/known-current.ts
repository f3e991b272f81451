import { join } from 'node:path';
import type { OutputRecord } from '../cache/fingerprint.ts';
import { currentBoot } from '../core/boot.ts';
import { type ActionKey, digestBytes } from '../core/digest.ts';
import type { Disk } from '../disk/disk.ts';
import type { Paths } from '../disk/paths.ts';
import type { GraphKey } from '../pipeline/graph.ts';

/** Raised when what is written down changes its form. */
const FORMAT = 2;

/** Bytes in which most heads end. */
const START = 1 << 13;
const NOTHING = Buffer.alloc(0);

/** Holds the place of a digest. */
const NO_SUM = '0'.repeat(64);

/** Graphs to remember: a few profiles and `--set`s in turn. */
const KEPT = 8;

interface Head {
  readonly format: number;
  /** See GraphKey. */
  readonly origin: string;
  readonly plan: string;
  /** Digest of the code of each stage file that the instances use. */
  readonly codes: Readonly<Record<string, string>>;
  /** Signature of the action log by which every instance was current. */
  readonly actions: string | undefined;
  readonly boot: string;
  readonly instances: number;
  /** Characters of the lines about files, which come first. */
  readonly files: number;
}

/** An instance that was current, as lines. */
export interface CurrentRecord {
  /** A line per output: signature with which its content was verified, path relative to the project. */
  readonly files: string;
  /** One line: the action key, then digest and size per output, in the order in which the instance has them. */
  readonly made: string;
}

/** All instances of a graph that were current, as lines in their order. */
export interface CurrentLines extends CurrentRecord {
  readonly instances: number;
}

/** Nothing has to be done about an instance: it ran with this fingerprint and its artifacts are in place. */
export interface Current {
  readonly state: 'current';
  readonly key: ActionKey;
  readonly outputs: readonly OutputRecord[];
  /** What says so, if it was taken from there. */
  readonly record?: CurrentRecord;
}

/** A graph that was current, when some of its code is not what it was any more. */
export interface KnownGraph extends CurrentLines {
  readonly codes: Readonly<Record<string, string>>;
}

/**
 * Remembers that a whole graph was found current, and how its artifacts looked on the disk then. While
 * the graph, the action log and the artifacts are the same the answer is the same, and costs a stat
 * per artifact: no plan, no log and no index is read. Losing it costs that reading.
 */
export class KnownCurrent {
  readonly #disk: Disk;
  readonly #paths: Paths;
  readonly #boot: string;

  /** @param boot see StatIndex: artifacts are not synced, so they are believed within one boot */
  constructor(disk: Disk, paths: Paths, boot: string = currentBoot()) {
    this.#disk = disk;
    this.#paths = paths;
    this.#boot = boot;
  }

  /** How many instances the graph has if all of them are known to be current; `undefined` if not. */
  count({ declaration, origin }: Omit<GraphKey, 'plan'>): number | undefined {
    try {
      const found = this.#read(declaration, (head) => head.origin === origin, this.#actions());
      if (found === undefined) return undefined;
      const { head, lines } = found;
      const areSame = areAsTheyWere(this.#disk, this.#paths.root, lines, 0, head.files);
      return areSame ? head.instances : undefined;
    } catch {
      return undefined;
    }
  }

  /**
   * The same graph when it was last current, whatever the code of its stages was.
   * @param actions signature of the action log as it was read
   */
  find({ declaration, plan }: GraphKey, actions: string | undefined): KnownGraph | undefined {
    try {
      const found = this.#read(declaration, (head) => head.plan === plan, actions);
      if (found === undefined) return undefined;
      const { head, lines } = found;
      const [files, made] = [lines.slice(0, head.files), lines.slice(head.files)];
      return { codes: head.codes, instances: head.instances, files, made };
    } catch {
      return undefined;
    }
  }

  keep(key: GraphKey, codes: Head['codes'], { instances, files, made }: CurrentLines): void {
    const head: Head = {
      format: FORMAT,
      origin: key.origin,
      plan: key.plan,
      codes,
      actions: this.#actions(),
      boot: this.#boot,
      instances,
      files: files.length,
    };
    // Made into bytes once: there are megabytes.
    const bytes = Buffer.from(`${NO_SUM}\n${JSON.stringify(head)}\n${files}${made}`);
    bytes.write(digestBytes(bytes.subarray(NO_SUM.length + 1)), 'latin1');
    const path = this.#path(key.declaration);
    const temporary = `${path}.${process.pid}.tmp`;
    try {
      this.#disk.makeFolder(this.#paths.knownCurrent);
      this.#disk.write(temporary, bytes);
      this.#disk.rename(temporary, path);
      this.#prune();
    } catch {
      // The next start takes longer.
    }
  }

  /** The next run looks at everything. */
  forget(): void {
    this.#disk.remove(this.#paths.knownCurrent);
  }

  /** What was kept, if it is sound and the log of actions is the same as then. */
  #read(name: string, isWanted: (head: Head) => boolean, actions: string | undefined) {
    const path = this.#path(name);
    const fits = (head: Head) =>
      head.format === FORMAT &&
      head.boot === this.#boot &&
      head.actions === actions &&
      isWanted(head);
    // After an edit it is not: what takes longer is then not done.
    const early = headIn(this.#disk.readPart(path, 0, START) ?? NOTHING);
    if (early !== undefined && !fits(early)) return undefined;
    const [sum, body] = cut(this.#disk.read(path) ?? NOTHING);
    if (digestBytes(body) !== sum.toString('latin1')) return undefined;
    const [first, lines] = cut(body);
    const head = JSON.parse(first.toString('utf8')) as Head;
    return fits(head) ? { head, lines: lines.toString('utf8') } : undefined;
  }

  #prune(): void {
    const files = this.#disk.list(this.#paths.knownCurrent).map((name) => {
      const path = join(this.#paths.knownCurrent, name);
      return { path, modified: this.#disk.stat(path)?.modified ?? 0 };
    });
    files.sort((a, b) => b.modified - a.modified);
    for (const { path } of files.slice(KEPT)) this.#disk.remove(path);
  }

  #actions(): string | undefined {
    return this.#disk.stat(this.#paths.actions)?.signature;
  }

  #path(name: string): string {
    return join(this.#paths.knownCurrent, name);
  }
}

/** Whether files look as these lines say. */
export function areAsTheyWere(
  disk: Disk,
  root: string,
  lines: string,
  from: number,
  to: number,
): boolean {
  for (let start = from; start < to; ) {
    const space = lines.indexOf(' ', start);
    const end = lines.indexOf('\n', space);
    const stat = disk.stat(`${root}/${lines.slice(space + 1, end)}`);
    if (stat?.signature !== lines.slice(start, space)) return false;
    start = end + 1;
  }
  return true;
}

/** The head of a file that begins like this; `undefined` if it is longer. */
function headIn(start: Buffer): Head | undefined {
  const [, body] = cut(start);
  const end = body.indexOf('\n');
  return end === -1 ? undefined : (JSON.parse(body.toString('utf8', 0, end)) as Head);
}

/** What stands before the first end of a line, and after it. */
function cut(bytes: Buffer): readonly [Buffer, Buffer] {
  const end = bytes.indexOf('\n');
  return [bytes.subarray(0, end), bytes.subarray(end + 1)];
}
