import { type Digest, digestText } from './digest.ts';
import type { Disk } from './disk.ts';

const FORMAT = 1;

/** Path -> signature and digest. */
type Entries = Record<string, readonly [signature: string, digest: Digest]>;

/**
 * Remembers the digest of files by their stat signature, so that a file is read again only after it
 * changed. Losing it costs the reading; it decides nothing else.
 */
export class StatIndex {
  readonly #disk: Disk;
  readonly #path: string;
  #entries: Entries | undefined;
  #changed = false;

  constructor(disk: Disk, path: string) {
    this.#disk = disk;
    this.#path = path;
  }

  /** Digest of the file if it is known as it now is; `'missing'` if there is no such file. */
  lookup(path: string): Digest | 'missing' | 'unknown' {
    const stat = this.#disk.stat(path);
    if (stat === undefined) return 'missing';
    const entry = this.#all()[path];
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
      this.#set(path, before.signature, digest);
    }
    return digest;
  }

  /** Takes the file, as it now is, to have this digest. */
  record(path: string, digest: Digest): void {
    const stat = this.#disk.stat(path);
    if (stat !== undefined) this.#set(path, stat.signature, digest);
  }

  /** Whether the file is still the one that was last looked at. */
  isUnchanged(path: string): boolean {
    return this.#all()[path]?.[0] === this.#disk.stat(path)?.signature;
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

  #set(path: string, signature: string, digest: Digest): void {
    this.#all()[path] = [signature, digest];
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
