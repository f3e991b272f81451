import { crc32 } from 'node:zlib';
import type { Digest } from '../core/digest.ts';
import type { Disk } from '../disk/disk.ts';

/** Raised when what is written down changes its form. */
const FORMAT = 'stat-index 4';

/**
 * What is known of one file, as a line: sum of the rest, digest, boot, signature, path. A file that was written
 * and not synced may lose its content, but not its size and times, with the power: it is believed within the
 * boot that it was written in. Lines are taken apart when they are asked for: there are tens of thousands.
 */
type Line = string;

const DIGEST = 8 + 1;
const BOOT = DIGEST + 64 + 1;
const BOOT_LENGTH = 8;
const SIGNATURE = BOOT + BOOT_LENGTH + 1;
/** Instead of a boot: synced, or found on the disk after a start of the machine. */
const LASTING = '-'.repeat(BOOT_LENGTH);

/** Files to look for one by one: for more of them all lines are put in order first. */
const FEW = 16;
/** Bytes of lines that count no more which are always put up with. */
const SLACK = 1 << 16;

/**
 * Remembers the digest of files by their stat signature, so that a file is read again only after it
 * changed. Losing it costs the reading; it decides nothing else. Lines are added to the end, and the last one of
 * a path counts: what a run costs does not grow with what was known before.
 */
export class StatIndex {
  readonly #disk: Disk;
  readonly #path: string;
  /** As it was read. */
  #saved: Buffer | undefined;
  #searches = 0;
  #byPath: Map<string, Line> | undefined;
  /** Not written down yet. */
  readonly #noted = new Map<string, Line>();
  readonly #boot: string;

  /** @param boot names the time since the machine was started; empty where that is not known */
  constructor(disk: Disk, path: string, boot: string) {
    this.#disk = disk;
    this.#path = path;
    this.#boot = boot === '' ? '' : boot.slice(0, BOOT_LENGTH).padEnd(BOOT_LENGTH, '.');
  }

  /** Digest of the file if it is known as it now is; `'missing'` if there is no such file. */
  lookup(path: string): Digest | 'missing' | 'unknown' {
    const stat = this.#disk.stat(path);
    if (stat === undefined) return 'missing';
    const line = this.#believed(path);
    return line !== undefined && signatureOf(line) === stat.signature ? digestOf(line) : 'unknown';
  }

  /** Digest of the file, read if it must be; `undefined` if there is no such file. */
  async digest(path: string): Promise<Digest | undefined> {
    const known = this.lookup(path);
    if (known === 'missing') return undefined;
    return known === 'unknown' ? await this.rehash(path) : known;
  }

  /** Reads the file whatever its signature says. */
  async rehash(path: string): Promise<Digest | undefined> {
    const before = this.#disk.stat(path);
    if (before?.isFile !== true) return undefined;
    const digest = await this.#disk.digest(path);
    // What changed while it was read is read again next time.
    if (this.#disk.stat(path)?.signature === before.signature) {
      this.#note(path, before.signature, digest, this.#isFromDisk(path, before.signature));
    }
    return digest;
  }

  /**
   * Takes the file, as it now is, to have this digest.
   *
   * @param isDurable whether it was synced
   */
  record(path: string, digest: Digest, isDurable: boolean): void {
    const stat = this.#disk.stat(path);
    if (stat === undefined) return;
    this.#note(path, stat.signature, digest, isDurable);
  }

  /** Whether the file is still the one that was last looked at. */
  isUnchanged(path: string): boolean {
    return this.signature(path) === this.#disk.stat(path)?.signature;
  }

  /** What the file looked like when it was last looked at; `undefined` if it never was. */
  signature(path: string): string | undefined {
    const line = this.#believed(path);
    return line === undefined ? undefined : signatureOf(line);
  }

  /** Drops what is remembered of files that are gone. */
  prune(): void {
    const lines = this.#all();
    for (const path of lines.keys()) if (this.#disk.stat(path) === undefined) lines.delete(path);
    this.#rewrite(lines);
  }

  /** Does nothing where nothing can be written. */
  save(): void {
    if (this.#noted.size === 0) return;
    const form = this.#form();
    const added = [...this.#noted.values()].map((line) => `${line}\n`).join('');
    if (form === undefined || form.size + added.length > 2 * form.live + SLACK) {
      this.#rewrite(this.#all());
    } else {
      try {
        this.#saved = undefined;
        // The last line may be torn: the next one must not continue it.
        this.#disk.extend(this.#path, form.isTorn ? `\n${added}` : added);
        this.#noted.clear();
      } catch {
        // The next run reads the files again.
      }
    }
  }

  #rewrite(lines: ReadonlyMap<string, Line>): void {
    const text = [...lines.values()].map((line) => `${line}\n`).join('');
    const temporary = `${this.#path}.${process.pid}.tmp`;
    try {
      this.#disk.write(temporary, `${FORMAT} ${Buffer.byteLength(text)}\n${text}`);
      this.#disk.rename(temporary, this.#path);
      this.#saved = undefined;
      this.#noted.clear();
    } catch {
      // The next run reads the files again.
    }
  }

  #believed(path: string): Line | undefined {
    const line = this.#find(path);
    if (line === undefined) return undefined;
    const boot = bootOf(line);
    return boot === LASTING || boot === this.#boot ? line : undefined;
  }

  /** What is read may still be in memory only, unless it was the same file before the last start. */
  #isFromDisk(path: string, signature: string): boolean {
    const line = this.#find(path);
    return line !== undefined && signatureOf(line) === signature && bootOf(line) !== this.#boot;
  }

  #note(path: string, signature: string, digest: Digest, isDurable: boolean): void {
    // Such a name would be two lines.
    if (path.includes('\n')) return;
    const boot = isDurable || this.#boot === '' ? LASTING : this.#boot;
    const content = `${digest} ${boot} ${signature} ${path}`;
    const line = `${sumOf(content)} ${content}`;
    this.#noted.set(path, line);
    this.#byPath?.set(path, line);
  }

  /** The last line about a file, if it is sound. */
  #find(path: string): Line | undefined {
    const noted = this.#noted.get(path);
    if (noted !== undefined) return noted;
    this.#searches += 1;
    const isSearched = this.#byPath === undefined && this.#searches <= FEW;
    const line = isSearched ? lastAbout(path, this.#load()) : this.#all().get(path);
    return line === undefined || !isSound(line) ? undefined : line;
  }

  /** The last line about every file. */
  #all(): Map<string, Line> {
    if (this.#byPath === undefined) {
      this.#byPath = new Map();
      for (const line of this.#load().toString('utf8').split('\n').slice(1, -1)) {
        if (line !== '') this.#byPath.set(pathOf(line), line);
      }
      for (const [path, line] of this.#noted) this.#byPath.set(path, line);
    }
    return this.#byPath;
  }

  /** As it was read; empty if it is not of this form. */
  #load(): Buffer {
    if (this.#saved === undefined) {
      const isSound = this.#form() !== undefined;
      this.#saved = (isSound ? quietly(() => this.#disk.read(this.#path)) : undefined) ?? NOTHING;
    }
    return this.#saved;
  }

  /** What there is to know of the file without reading all of it; `undefined` if it is not of this form. */
  #form(): Form | undefined {
    return quietly(() => {
      const size = this.#disk.stat(this.#path)?.size ?? 0;
      const start = this.#disk.readPart(this.#path, 0, HEAD) ?? NOTHING;
      const [, live] = HEADER.exec(start.toString('latin1')) ?? [];
      if (live === undefined) return undefined;
      const isTorn = this.#disk.readPart(this.#path, size - 1, 1)?.at(0) !== NEWLINE;
      return { size, live: Number(live), isTorn };
    });
  }
}

/** The file of an index. */
interface Form {
  /** Bytes. */
  readonly size: number;
  /** Bytes of the lines when there was one for each file. */
  readonly live: number;
  readonly isTorn: boolean;
}

const HEADER = new RegExp(`^${FORMAT} (\\d+)\n`);
/** Bytes that are enough for it. */
const HEAD = 64;

/** What cannot be read is not there: the files are read again. */
function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

const NEWLINE = 10;
const NOTHING = Buffer.alloc(0);

/** The last line about a file among others. */
function lastAbout(path: string, content: Buffer): Line | undefined {
  const ending = Buffer.from(` ${path}\n`);
  for (let at = content.length; at > 0; ) {
    at = content.lastIndexOf(ending, at - 1);
    if (at === -1) return undefined;
    const start = content.lastIndexOf(NEWLINE, at) + 1;
    const line = content.toString('utf8', start, at + ending.length - 1);
    // Another path may end in the same words.
    if (pathOf(line) === path) return line;
  }
  return undefined;
}

const isSound = (line: Line) => line.startsWith(`${sumOf(line.slice(DIGEST))} `);
const digestOf = (line: Line) => line.slice(DIGEST, BOOT - 1) as Digest;
const bootOf = (line: Line) => line.slice(BOOT, SIGNATURE - 1);
const signatureOf = (line: Line) => line.slice(SIGNATURE, line.indexOf(' ', SIGNATURE));
const pathOf = (line: Line) => line.slice(line.indexOf(' ', SIGNATURE) + 1);

function sumOf(content: string): string {
  return crc32(content)
    .toString(16)
    .padStart(DIGEST - 1, '0');
}
