import { type Digest, digestText } from './digest.ts';
import type { Disk } from './disk.ts';

const FORMAT = 2;

/**
 * Path -> signature and digest. A file that was written and not synced may lose its content, but not
 * its size and times, with the power: it is believed within the boot that it was written in.
 */
type Entries = Record<string, Entry>;
type Entry = readonly [signature: string, digest: Digest, boot?: string];

/**
 * Remembers the digest of files by their stat signature, so that a file is read again only after it
 * changed. Losing it costs the reading; it decides nothing else.
 */
export class StatIndex {
  readonly #disk: Disk;
  readonly #path: string;
  #entries: Entries | undefined;
  #changed = false;
  readonly #boot: string;

  /** @param boot names the time since the machine was started; empty where that is not known */
  constructor(disk: Disk, path: string, boot: string) {
    this.#disk = disk;
    this.#path = path;
    this.#boot = boot.slice(0, 8);
  }

  /** Digest of the file if it is known as it now is; `'missing'` if there is no such file. */
  lookup(path: string): Digest | 'missing' | 'unknown' {
    const stat = this.#disk.stat(path);
    if (stat === undefined) return 'missing';
    const entry = this.#entry(path);
    return entry !== undefined && entry[0] === stat.signature ? entry[1] : 'unknown';
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
    return this.#entry(path)?.[0] === this.#disk.stat(path)?.signature;
  }

  /** What the file looked like when it was last looked at; `undefined` if it never was. */
  signature(path: string): string | undefined {
    return this.#entry(path)?.[0];
  }

  /** Drops what is remembered of files that are gone. */
  prune(): void {
    for (const path of Object.keys(this.#all())) {
      if (this.#disk.stat(path) !== undefined) continue;
      delete this.#all()[path];
      this.#changed = true;
    }
  }

  /** Does nothing where nothing can be written. */
  save(): void {
    if (!this.#changed) return;
    const text = JSON.stringify([FORMAT, this.#all()]);
    const temporary = `${this.#path}.${process.pid}.tmp`;
    try {
      this.#disk.write(temporary, `${digestText(text)}\n${text}`);
      this.#disk.rename(temporary, this.#path);
      this.#changed = false;
    } catch {
      // The next run reads the files again.
    }
  }

  #entry(path: string): Entry | undefined {
    const entry = this.#all()[path];
    return entry?.[2] === undefined || entry[2] === this.#boot ? entry : undefined;
  }

  /** What is read may still be in memory only, unless it was the same file before the last start. */
  #isFromDisk(path: string, signature: string): boolean {
    const entry = this.#all()[path];
    return entry?.[0] === signature && entry[2] !== this.#boot;
  }

  #note(path: string, signature: string, digest: Digest, isDurable: boolean): void {
    const isLasting = isDurable || this.#boot === '';
    this.#all()[path] = isLasting ? [signature, digest] : [signature, digest, this.#boot];
    this.#changed = true;
  }

  #all(): Entries {
    this.#entries ??= this.#load();
    return this.#entries;
  }

  #load(): Entries {
    try {
      const text = this.#disk.read(this.#path)?.toString('utf8') ?? '';
      const [sum, body] = splitAt(text, text.indexOf('\n'));
      const [format, entries] = JSON.parse(body) as [number, Entries];
      if (format === FORMAT && sum === digestText(body)) return entries;
    } catch {
      // Missing or damaged.
    }
    return {};
  }
}

function splitAt(text: string, index: number): readonly [string, string] {
  return [text.slice(0, index), text.slice(index + 1)];
}
