import type { Digest } from '../core/digest.ts';
import type { Disk, FileStat } from '../disk/disk.ts';
import { isLoggable, Log, type LogEntry } from './log.ts';
import { artifactDigest, artifactSignature } from './tree.ts';

const FORMAT = 'signatures 1';

/** Instead of a boot: the file was synced, or was there before the machine was last started. */
const LASTING = '-';

/** Milliseconds; the times of a file are no finer than this on some file systems. */
const YOUNG = 2_000;

/** The digest of a file with this signature. */
interface KnownDigest {
  readonly digest: Digest;
  /**
   * A file that was written and not synced may lose its content, but not its size and times, with the
   * power: it is believed within the boot that it was written in.
   */
  readonly boot: string;
  readonly signature: string;
}

/** Begins the keys of sets: all others are absolute paths. */
const SET = 'set ';

/** Files that are read together. */
interface SignedSet {
  /** Differs when one was added, removed or changed. */
  readonly signature: string;
  readonly files: readonly { readonly real: string; readonly signature: string }[];
}

/** How a file looked: its signature, and when it last changed, in milliseconds since 1970. */
type Looked = Pick<FileStat, 'signature' | 'changed'>;

/** Digest of what is at a path; `undefined` if there is nothing of the kind. */
type Read = (disk: Disk, path: string) => Promise<Digest | undefined>;

/**
 * Remembers the digest of files by their stat signature, so that a file is read again only after it
 * changed. Losing it costs the reading; it decides nothing else.
 */
export class Signatures {
  readonly #disk: Disk;
  readonly #log: Log;
  /** Not stored yet. */
  readonly #noted = new Map<string, KnownDigest>();
  readonly #boot: string;

  /** @param boot names the time since the machine was started; empty where that is not known */
  constructor(disk: Disk, path: string, boot: string) {
    this.#disk = disk;
    this.#log = new Log(disk, path, FORMAT);
    this.#boot = boot === '' ? LASTING : boot;
  }

  /** Digest of the file or tree if its signature is known; `'missing'` if nothing is there. */
  lookup(path: string): Digest | 'missing' | 'unknown' {
    const signature = artifactSignature(this.#disk, path);
    if (signature === undefined) return 'missing';
    const known = this.#believed(path);
    return known?.signature === signature ? known.digest : 'unknown';
  }

  /** Digest of the file, read if it must be; `undefined` if there is no such file. */
  async digest(path: string): Promise<Digest | undefined> {
    const known = this.lookup(path);
    if (known === 'missing') return undefined;
    return known === 'unknown' ? await this.rehash(path) : known;
  }

  /**
   * Digest of a file that others may be writing to: while it is so young that a further change might not
   * show in its times, it is read each time.
   *
   * @param seen how it looked just now; without, it is looked at
   */
  async digestOfForeign(path: string, seen = this.#look(path)): Promise<Digest | undefined> {
    if (seen === undefined) return undefined;
    const { signature, changed } = seen;
    const isYoung = Date.now() - changed < YOUNG;
    const known = this.#believed(path);
    if (!isYoung && known?.signature === signature) return known.digest;
    const digest = await this.#disk.digest(path).catch((error) => {
      if (this.#look(path) === undefined) return undefined;
      throw error;
    });
    if (digest !== undefined && !isYoung && this.#look(path)?.signature === signature) {
      this.#noteRead(path, digest, signature);
    }
    return digest;
  }

  #look(path: string): Looked | undefined {
    const stat = this.#disk.stat(path);
    return stat?.isFile === true ? stat : undefined;
  }

  /** Digest of a set of files, if it is remembered for this signature. */
  digestOfSet(name: string, signature: string): Digest | undefined {
    const known = this.#believed(`${SET}${name}`);
    return known?.signature === signature ? known.digest : undefined;
  }

  /** Remembers the digest of a set of files, if each was read when it looked as it does in the set. */
  recordSet(name: string, digest: Digest, { signature, files }: SignedSet): void {
    if (this.digestOfSet(name, signature) === digest) return;
    if (!files.every((file) => this.signature(file.real) === file.signature)) return;
    this.#note(`${SET}${name}`, { digest, boot: this.#boot, signature });
  }

  /** Reads the file whatever its signature says. */
  async rehash(path: string): Promise<Digest | undefined> {
    return await this.#read(path, digestOfFile);
  }

  /** Reads an artifact, a file or a tree, whatever its signature says. */
  async rehashArtifact(path: string): Promise<Digest | undefined> {
    return await this.#read(path, artifactDigest);
  }

  async #read(path: string, read: Read): Promise<Digest | undefined> {
    const signature = artifactSignature(this.#disk, path);
    const digest = await read(this.#disk, path);
    if (signature === undefined || digest === undefined) return undefined;
    // What changed while it was read is read again next time.
    if (artifactSignature(this.#disk, path) === signature) {
      this.#noteRead(path, digest, signature);
    }
    return digest;
  }

  #noteRead(path: string, digest: Digest, signature: string): void {
    // What is read may still be in memory only, unless it was the same file before the last start.
    const known = this.#find(path);
    const isFromDisk = known?.signature === signature && known.boot !== this.#boot;
    this.#note(path, { digest, boot: isFromDisk ? LASTING : this.#boot, signature });
  }

  /**
   * Records the digest of a file as it now is.
   *
   * @param isDurable whether it was synced
   */
  record(path: string, digest: Digest, isDurable: boolean): void {
    const signature = artifactSignature(this.#disk, path);
    if (signature === undefined) return;
    this.#note(path, { digest, boot: isDurable ? LASTING : this.#boot, signature });
  }

  /** Whether the file still has its last known signature. */
  isUnchanged(path: string): boolean {
    return this.signature(path) === artifactSignature(this.#disk, path);
  }

  /** The last known signature of the file; `undefined` if there is none. */
  signature(path: string): string | undefined {
    return this.#believed(path)?.signature;
  }

  /** Whether there ever was an artifact there. */
  isKnown(path: string): boolean {
    return this.#find(path) !== undefined;
  }

  /** Digest of an artifact that was put there or verified earlier, in any boot, and not touched since. */
  async untouched(path: string): Promise<Digest | undefined> {
    const known = this.#find(path);
    if (known === undefined || known.signature !== artifactSignature(this.#disk, path)) {
      return undefined;
    }
    return this.#believed(path)?.digest ?? (await this.rehashArtifact(path));
  }

  /** Drops signatures of files that no longer exist. */
  prune(): void {
    this.save();
    quietly(() =>
      this.#log.compact(({ key }) => this.#disk.stat(key) !== undefined, { durable: false }),
    );
  }

  /** Ignores a disk that cannot be written: the next run reads the files again. */
  save(): void {
    if (this.#noted.size === 0) return;
    quietly(() => {
      this.#log.extend([...this.#noted].map(toEntry));
      this.#noted.clear();
      if (this.#log.isWasteful) this.#log.compact(() => true, { durable: false });
    });
  }

  #believed(path: string): KnownDigest | undefined {
    const known = this.#find(path);
    return known?.boot === LASTING || known?.boot === this.#boot ? known : undefined;
  }

  #find(path: string): KnownDigest | undefined {
    const noted = this.#noted.get(path);
    if (noted !== undefined) return noted;
    const value = quietly(() => this.#log.get(path));
    if (value === undefined) return undefined;
    const [digest, boot, signature] = value.split('\t');
    return { digest: digest as Digest, boot, signature };
  }

  #note(path: string, known: KnownDigest): void {
    if (isLoggable(path)) this.#noted.set(path, known);
  }
}

async function digestOfFile(disk: Disk, path: string): Promise<Digest | undefined> {
  return disk.stat(path)?.isFile === true ? await disk.digest(path) : undefined;
}

function toEntry([key, { digest, boot, signature }]: readonly [string, KnownDigest]): LogEntry {
  return { key, value: `${digest}\t${boot}\t${signature}` };
}

/** Ignores disk errors: an unreadable log counts as empty, an unwritten one costs a rehash. */
function quietly<T>(access: () => T): T | undefined {
  try {
    return access();
  } catch {
    return undefined;
  }
}
