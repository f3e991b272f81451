import { join } from 'node:path';
import { digestText } from './digest.ts';
import type { Disk } from './disk.ts';
import type { Paths } from './paths.ts';
import { currentBoot } from './process-identity.ts';

/** Raised when what is written down changes its form. */
const FORMAT = 1;

/** Graphs to remember: a few profiles and `--set`s in turn. */
const KEPT = 8;

interface Head {
  readonly format: number;
  /** Signature of the action log by which every instance was current. */
  readonly actions: string | undefined;
  readonly boot: string;
  readonly instances: number;
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

  /**
   * How many instances the graph has if all of them are known to be current; `undefined` if not.
   * @param key of the graph
   */
  count(key: string): number | undefined {
    try {
      const [sum, body] = cut(this.#disk.read(this.#path(key))?.toString('utf8') ?? '');
      if (digestText(body) !== sum) return undefined;
      const [first, files] = cut(body);
      const { format, actions, boot, instances } = JSON.parse(first) as Head;
      if (format !== FORMAT || boot !== this.#boot || actions !== this.#actions()) return undefined;
      for (let start = 0; start < files.length; ) {
        const space = files.indexOf(' ', start);
        const end = files.indexOf('\n', space);
        const stat = this.#disk.stat(`${this.#paths.root}/${files.slice(space + 1, end)}`);
        if (stat?.signature !== files.slice(start, space)) return undefined;
        start = end + 1;
      }
      return instances;
    } catch {
      return undefined;
    }
  }

  /**
   * @param files artifact, relative to the project -> signature with which its content was verified
   */
  keep(key: string, instances: number, files: ReadonlyMap<string, string>): void {
    const head: Head = { format: FORMAT, actions: this.#actions(), boot: this.#boot, instances };
    const lines = [...files].map(([path, signature]) => `${signature} ${path}\n`);
    const body = `${JSON.stringify(head)}\n${lines.join('')}`;
    const temporary = `${this.#path(key)}.${process.pid}.tmp`;
    try {
      this.#disk.makeFolder(this.#paths.knownCurrent);
      this.#disk.write(temporary, `${digestText(body)}\n${body}`);
      this.#disk.rename(temporary, this.#path(key));
      this.#prune();
    } catch {
      // The next start takes longer.
    }
  }

  /** The next run looks at everything. */
  forget(): void {
    this.#disk.remove(this.#paths.knownCurrent);
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

  #path(key: string): string {
    return join(this.#paths.knownCurrent, key);
  }
}

/** What stands before the first end of a line, and after it. */
function cut(text: string): readonly [string, string] {
  const end = text.indexOf('\n');
  return [text.slice(0, end), text.slice(end + 1)];
}
