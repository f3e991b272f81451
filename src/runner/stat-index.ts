import { type Digest, digestText } from './digest.ts';
import type { Disk } from './disk.ts';

/** Raised when what is written down changes its form. */
const FORMAT = 'stat-index 3';

/**
 * What is known of one file, as a line: digest, boot, signature, path. A file that was written and not synced
 * may lose its content, but not its size and times, with the power: it is believed within the boot that it
 * was written in. Lines are taken apart when they are asked for: there are tens of thousands.
 */
type Line = string;

const DIGEST_LENGTH = 64;
const BOOT_LENGTH = 8;
const SIGNATURE = DIGEST_LENGTH + BOOT_LENGTH + 2;
/** Instead of a boot: synced, or found on the disk after a start of the machine. */
const LASTING = '-'.repeat(BOOT_LENGTH);

/**
 * Remembers the digest of files by their stat signature, so that a file is read again only after it
 * changed. Losing it costs the reading; it decides nothing else.
 */
export class StatIndex {
  readonly #disk: Disk;
  readonly #path: string;
  #lines: Map<string, Line> | undefined;
  #changed = false;
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
    for (const path of this.#all().keys()) {
      if (this.#disk.stat(path) !== undefined) continue;
      this.#all().delete(path);
      this.#changed = true;
    }
  }

  /** Does nothing where nothing can be written. */
  save(): void {
    if (!this.#changed) return;
    const text = `${FORMAT}\n${[...this.#all().values()].join('\n')}`;
    const temporary = `${this.#path}.${process.pid}.tmp`;
    try {
      this.#disk.write(temporary, `${digestText(text)}\n${text}`);
      this.#disk.rename(temporary, this.#path);
      this.#changed = false;
    } catch {
      // The next run reads the files again.
    }
  }

  #believed(path: string): Line | undefined {
    const line = this.#all().get(path);
    if (line === undefined) return undefined;
    const boot = bootOf(line);
    return boot === LASTING || boot === this.#boot ? line : undefined;
  }

  /** What is read may still be in memory only, unless it was the same file before the last start. */
  #isFromDisk(path: string, signature: string): boolean {
    const line = this.#all().get(path);
    return line !== undefined && signatureOf(line) === signature && bootOf(line) !== this.#boot;
  }

  #note(path: string, signature: string, digest: Digest, isDurable: boolean): void {
    // Such a name would be two lines.
    if (path.includes('\n')) return;
    const boot = isDurable || this.#boot === '' ? LASTING : this.#boot;
    this.#all().set(path, `${digest} ${boot} ${signature} ${path}`);
    this.#changed = true;
  }

  #all(): Map<string, Line> {
    this.#lines ??= this.#load();
    return this.#lines;
  }

  #load(): Map<string, Line> {
    const lines = new Map<string, Line>();
    try {
      const text = this.#disk.read(this.#path)?.toString('utf8') ?? '';
      const [sum, body] = cut(text);
      const [format, rest] = cut(body);
      if (format !== FORMAT || sum !== digestText(body)) return lines;
      for (const line of rest.split('\n')) {
        if (line !== '') lines.set(line.slice(line.indexOf(' ', SIGNATURE) + 1), line);
      }
    } catch {
      // It cannot be read: the files are read again.
    }
    return lines;
  }
}

const digestOf = (line: Line) => line.slice(0, DIGEST_LENGTH) as Digest;
const bootOf = (line: Line) => line.slice(DIGEST_LENGTH + 1, SIGNATURE - 1);
const signatureOf = (line: Line) => line.slice(SIGNATURE, line.indexOf(' ', SIGNATURE));

/** What stands before the first end of a line, and after it. */
function cut(text: string): readonly [string, string] {
  const end = text.indexOf('\n');
  return [text.slice(0, end), text.slice(end + 1)];
}
