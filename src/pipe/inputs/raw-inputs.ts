import { basename, join, relative } from 'node:path';
import { type Digest, digestText } from '../core/digest.ts';
import type { Disk } from '../disk/disk.ts';
import type { Paths } from '../disk/paths.ts';
import { codeOf } from '../pipeline/command.ts';
import type { Command, Instance, RawInput } from '../pipeline/graph.ts';
import type { DigestOf } from './command-codes.ts';
import { fetchOnce } from './download.ts';
import type { FileSet } from './file-set.ts';
import type { Surroundings } from './surroundings.ts';

/** What raw data are. */
export interface RawContent {
  /** Of the names and contents of all files. */
  readonly digest: Digest;
  /** How the files looked when they were read; `undefined` for a download, which never changes. */
  readonly signature: string | undefined;
}

/** What an instance reads besides artifacts. */
export interface Around {
  readonly raw: readonly { readonly name: string; readonly digest: Digest }[];
  /** Digests of the variables it declares, which may be secrets; `null` where there is none. Left out if it declares none. */
  readonly env?: Readonly<Record<string, string | null>>;
}

/** Remembers from run to run what sets of files hold. */
export interface SetMemory {
  digestOfSet(name: string, signature: string): Digest | undefined;
  recordSet(name: string, digest: Digest, set: FileSet): void;
}

/** Reads raw inputs, each once. */
export class RawInputs {
  readonly #disk: Disk;
  readonly #surroundings: Surroundings;
  readonly #paths: Paths;
  readonly #digestOf: DigestOf;
  readonly #memory: SetMemory;
  /** By what is declared, with the signature that was read. */
  readonly #known = new Map<string, RawContent>();
  /** By path: what is being fetched, which several instances may wait for. */
  readonly #fetching = new Map<string, Promise<void>>();
  /** By digest: digests of files by their paths from the root. */
  readonly #files = new Map<string, Readonly<Record<string, string>>>();

  constructor(
    disk: Disk,
    surroundings: Surroundings,
    paths: Paths,
    digestOf: DigestOf,
    memory: SetMemory,
  ) {
    this.#disk = disk;
    this.#surroundings = surroundings;
    this.#paths = paths;
    this.#digestOf = digestOf;
    this.#memory = memory;
  }

  /** @returns `undefined` as long as a raw input is missing */
  async around({ raw = [], env = [] }: Instance): Promise<Around | undefined> {
    const read: { name: string; digest: Digest }[] = [];
    for (const { name, source } of raw) {
      const content = await this.content(source);
      if (content === undefined) return undefined;
      read.push({ name, digest: content.digest });
    }
    if (env.length === 0) return { raw: read };
    const values = env.map((name) => {
      const value = this.#surroundings.variable(name);
      return [name, value === undefined ? null : digestText(value)] as const;
    });
    return { raw: read, env: Object.fromEntries(values) };
  }

  /** The same of many, read now. */
  async aroundAll(
    instances: readonly Instance[],
  ): Promise<(instance: Instance) => Around | undefined> {
    const all = new Map<string, Around | undefined>();
    for (const instance of instances) all.set(instance.id, await this.around(instance));
    return ({ id }) => all.get(id);
  }

  /** @returns `undefined` if nothing is there */
  async content(source: RawInput['source']): Promise<RawContent | undefined> {
    if ('url' in source) {
      const { path } = this.#download(source);
      const digest = digestFiles('file', { [basename(path)]: source.sha256 });
      this.#files.set(digest, { [source.url]: source.sha256 });
      return { digest, signature: undefined };
    }
    const set = await this.#surroundings.files(source.files);
    if (set === undefined) return undefined;
    const known = this.#known.get(source.files);
    if (known?.signature === set.signature) return known;
    const { signature } = set;
    const remembered = set.isSettled
      ? this.#memory.digestOfSet(source.files, signature)
      : undefined;
    const content =
      remembered === undefined ? await this.#read(set) : { digest: remembered, signature };
    if (content !== undefined) this.#known.set(source.files, content);
    return content;
  }

  /** Remembers what was read, for the next run; after that, this one no longer knows the digests of single files. */
  async remember({ source }: RawInput): Promise<void> {
    if ('url' in source) return;
    const [set, content] = [
      await this.#surroundings.files(source.files),
      await this.content(source),
    ];
    if (set?.isSettled !== true || content?.signature !== set.signature) return;
    this.#memory.recordSet(source.files, content.digest, set);
  }

  /** Fetches what an instance reads from elsewhere, unless it is there. @throws {RunError} */
  async fetch(
    { raw = [] }: Instance,
    signal: AbortSignal,
    announce: (message: string) => void,
  ): Promise<void> {
    for (const { source } of raw) {
      if (!('url' in source)) continue;
      const download = this.#download(source);
      // Something wrote to it since.
      const isOther = (await this.#digestOf(download.path)) !== source.sha256;
      if (isOther && !this.#fetching.has(download.path)) this.#disk.remove(download.path);
      const fetching =
        this.#fetching.get(download.path) ?? fetchOnce(this.#disk, download, signal, announce);
      this.#fetching.set(download.path, fetching);
      try {
        await fetching;
      } finally {
        this.#fetching.delete(download.path);
      }
    }
  }

  /** Raw data or code of an instance that is no longer what was read; `undefined` if all is. */
  async firstChanged({
    raw = [],
    command,
  }: Instance): Promise<{ readonly path: string; readonly isCode: boolean } | undefined> {
    const files = raw.flatMap(({ source }) => ('files' in source ? [source.files] : []));
    const sets = [
      ...files.map((name) => ({ name, isCode: false })),
      ...(command === undefined ? [] : codeOf(command)).map((name) => ({ name, isCode: true })),
    ];
    for (const { name, isCode } of sets) {
      const read = await this.#surroundings.files(name, isCode);
      const now = await this.#surroundings.list(name, isCode);
      if (now?.signature !== read?.signature) return { path: name, isCode };
    }
    for (const { source } of raw) {
      if (!('url' in source)) continue;
      const { path } = this.#download(source);
      if ((await this.#digestOf(path)) !== source.sha256) return { path, isCode: false };
    }
    return undefined;
  }

  /** Paths of a command's code from the root, those of folders included that are named as a whole. */
  async codePaths(command: Command): Promise<ReadonlySet<string>> {
    const paths = new Set<string>();
    const { root } = this.#paths;
    for (const pattern of codeOf(command)) {
      const set = await this.#surroundings.files(pattern, true);
      if (set?.kind === 'folder') paths.add(pattern);
      for (const { path } of set?.files ?? [])
        paths.add(relative(root, join(set?.base ?? '', path)));
    }
    return paths;
  }

  /** The paths that a stage is given; of a pattern those of all its files, in their order. */
  async paths({ source }: RawInput): Promise<readonly string[]> {
    if ('url' in source) return [this.#download(source).path];
    const set = await this.#surroundings.files(source.files);
    if (set === undefined) return [];
    return set.kind === 'folder' ? [set.base] : set.files.map(({ path }) => join(set.base, path));
  }

  #download(source: { readonly url: string; readonly sha256: string }) {
    return { ...source, path: this.#paths.download(source.url, source.sha256) };
  }

  /** The files of raw data that were read; by their paths from the root. */
  filesOf(digest: string): Readonly<Record<string, string>> | undefined {
    return this.#files.get(digest);
  }

  async #read({ kind, base, files, signature }: FileSet): Promise<RawContent | undefined> {
    const digests: Record<string, string> = {};
    for (const { path, real, ...seen } of files) {
      const digest = await this.#digestOf(real, seen);
      // Removed meanwhile.
      if (digest === undefined) return undefined;
      digests[path] = digest;
    }
    const digest = digestFiles(kind, digests);
    const prefix = relative(this.#paths.root, base);
    const shown = Object.entries(digests).map(([path, one]) => [join(prefix, path), one]);
    this.#files.set(digest, Object.fromEntries(shown));
    return { digest, signature };
  }
}

/** A stage sees the names below a folder or a pattern, and that of a single file. */
function digestFiles(kind: FileSet['kind'], files: Readonly<Record<string, string>>): Digest {
  return digestText(JSON.stringify(['raw 1', kind, Object.entries(files)]));
}
