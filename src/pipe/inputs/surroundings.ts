import { digestText } from '../core/digest.ts';
import type { Disk } from '../disk/disk.ts';
import { type FileSet, listFiles } from './file-set.ts';
import { askTool, type ToolAnswer } from './tools.ts';

/** What results depend on besides pipeline, stage files and artifacts, as it was at some time. */
export interface Seen {
  /** Files, folders and patterns of raw inputs -> their signature; empty where it cannot be trusted. */
  readonly files: Readonly<Record<string, string>>;
  /** The same of the code of commands. */
  readonly code: Readonly<Record<string, string>>;
  /** Environment variables -> digest of their value. */
  readonly env: Readonly<Record<string, string>>;
  /** Tools, as JSON of their words -> digest of their output. */
  readonly tools: Readonly<Record<string, string>>;
}

/** Names of what differs. */
export type Changed = { readonly [K in keyof Seen]: ReadonlySet<string> };

const KINDS = ['files', 'code', 'env', 'tools'] as const;

/** What is around a project, read once and when asked for. */
export class Surroundings {
  readonly root: string;
  readonly #disk: Disk;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #sets = new Map<string, Promise<FileSet | undefined>>();
  readonly #answers = new Map<string, Promise<ToolAnswer>>();

  constructor(root: string, disk: Disk, environment: NodeJS.ProcessEnv = process.env) {
    this.root = root;
    this.#disk = disk;
    this.#environment = environment;
  }

  /** Files of a raw input, or of the code of a command; `undefined` if there are none. */
  async files(files: string, isCode = false): Promise<FileSet | undefined> {
    const key = `${isCode} ${files}`;
    const known = this.#sets.get(key) ?? this.list(files, isCode);
    this.#sets.set(key, known);
    return await known;
  }

  /** The same as they are now, whatever was read before. */
  async list(files: string, isCode = false): Promise<FileSet | undefined> {
    return await listFiles(this.#disk, this.root, files, { isCode });
  }

  /** Whether the project has a file of this path. */
  hasFile(path: string): boolean {
    if (path === '' || path.startsWith('/') || path.startsWith('..')) return false;
    return this.#disk.stat(`${this.root}/${path}`)?.isFile === true;
  }

  variable(name: string): string | undefined {
    return this.#environment[name];
  }

  /** What a tool says, such as its version. */
  async tool(words: readonly string[]): Promise<ToolAnswer> {
    const key = JSON.stringify(words);
    const known = this.#answers.get(key) ?? askTool(words, this.root, this.#environment);
    this.#answers.set(key, known);
    return await known;
  }

  /** How all that is named is now. */
  async see(names: { readonly [K in keyof Seen]: Iterable<string> }): Promise<Seen> {
    const entries = KINDS.map(async (kind) => {
      const list = [...new Set(names[kind])].map(async (name) => {
        return [name, await this.#signature(kind, name)];
      });
      return [kind, Object.fromEntries(await Promise.all(list))];
    });
    return Object.fromEntries(await Promise.all(entries)) as Seen;
  }

  /** What is not as it was. */
  async changedSince(seen: Seen): Promise<Changed> {
    const names = Object.fromEntries(KINDS.map((kind) => [kind, Object.keys(seen[kind])]));
    const now = await this.see(names as never);
    const changes = KINDS.map((kind) => {
      const changed = Object.keys(seen[kind]).filter((name) => {
        return seen[kind][name] === '' || seen[kind][name] !== now[kind][name];
      });
      return [kind, new Set(changed)];
    });
    return Object.fromEntries(changes) as Changed;
  }

  async #signature(kind: keyof Seen, name: string): Promise<string> {
    switch (kind) {
      case 'files':
      case 'code': {
        const set = await this.files(name, kind === 'code');
        if (set === undefined) return 'missing';
        return set.isSettled ? set.signature : '';
      }
      case 'env':
        return digestText(JSON.stringify(this.variable(name) ?? null));
      case 'tools':
        return digestText(JSON.stringify(await this.tool(JSON.parse(name))));
    }
  }
}
