import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import { Readable, Writable } from 'node:stream';
import type { Digest } from '../../src/pipe/core/digest.ts';
import type { Disk } from '../../src/pipe/disk/disk.ts';

interface File {
  readonly kind: 'file';
  data: Buffer;
  /** What is there for good; `undefined` before the first sync. */
  durable: Buffer | undefined;
  links: number;
  /** Of the last change of its data, and of anything. */
  mtime: number;
  ctime: number;
  isExecutable: boolean;
  readonly id: number;
}

interface Folder {
  readonly kind: 'folder';
  names: Map<string, Entry>;
  durable: Map<string, Entry>;
  readonly id: number;
}

type Entry = File | Folder;

/** Thrown by every access once the machine has stopped: whoever catches it can change nothing more. */
export class MachineStopped extends Error {}

/** Asked before each change, with its number from 1: an error is thrown in its place. */
export type Interference = (change: number, operation: string, path: string) => Error | undefined;

/**
 * A disk in memory with the guarantees of POSIX and no more: data of a file last once it is synced,
 * names in a folder once the folder is. A power cut keeps any part of what was not.
 */
export class MemoryDisk implements Disk {
  /** Changes so far: the moments at which a machine may stop. */
  changes = 0;
  /** Bytes that a stream reads at a time. */
  chunk = Number.POSITIVE_INFINITY;
  interfere: Interference = () => undefined;
  #stopped = false;
  #time = 1;
  #ids = 0;
  readonly #root = this.#newFolder();

  constructor(root: string) {
    for (const path of ancestors(root)) {
      const folder = this.#folder(dirname(path));
      folder.names.set(basename(path), this.#newFolder());
      folder.durable = new Map(folder.names);
    }
  }

  /** The process is gone, the machine goes on: all that was done is there. */
  restart(): void {
    this.#stopped = false;
    this.interfere = () => undefined;
  }

  /** The machine lost its power and is started again. @param choose below a number */
  losePower(choose: (below: number) => number): void {
    this.restart();
    const settled = new Set<Entry>();
    const settle = (entry: Entry): void => {
      if (settled.has(entry)) return;
      settled.add(entry);
      if (entry.kind === 'file') {
        settleFile(entry, choose);
        return;
      }
      const names = new Map<string, Entry>();
      for (const name of new Set([...entry.durable.keys(), ...entry.names.keys()])) {
        const [before, after] = [entry.durable.get(name), entry.names.get(name)];
        const kept = before === after || choose(2) === 0 ? after : before;
        if (kept !== undefined) names.set(name, kept);
      }
      entry.names = names;
      entry.durable = new Map(names);
      for (const child of names.values()) settle(child);
    };
    settle(this.#root);
  }

  /** What no stat shows. */
  flipBit(path: string): void {
    const entry = this.#existing(path);
    if (entry.kind === 'folder') throw systemError('EISDIR', path);
    entry.data = Buffer.from(entry.data.map((byte, i) => (i === 1 ? byte ^ 1 : byte)));
  }

  /** Text of every file below a folder, by path. */
  files(folder: string): Readonly<Record<string, string>> {
    const entry = this.#entry(folder);
    if (entry?.kind !== 'folder') return {};
    const found: Record<string, string> = {};
    for (const [name, child] of [...entry.names].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (child.kind === 'file') found[`${folder}/${name}`] = child.data.toString();
      else Object.assign(found, this.files(`${folder}/${name}`));
    }
    return found;
  }

  stat(path: string) {
    this.#access();
    const entry = this.#entry(path);
    if (entry === undefined) return undefined;
    if (entry.kind === 'folder') {
      const signature = `folder-${entry.id}`;
      const kind = { isFile: false, isFolder: true, isExecutable: false };
      return { size: 0, signature, ...kind, links: 1, modified: 0, changed: 0 };
    }
    const { data, mtime, ctime, id, links, isExecutable } = entry;
    const signature = `${data.length}-${mtime}-${ctime}-${id}`;
    const kind = { isFile: true, isFolder: false, isExecutable };
    return { size: data.length, signature, ...kind, links, modified: mtime, changed: ctime };
  }

  real(path: string) {
    this.#access();
    return this.#entry(path) === undefined ? undefined : path;
  }

  read(path: string) {
    this.#access();
    const entry = this.#entry(path);
    if (entry?.kind === 'folder') throw systemError('EISDIR', path);
    return entry?.data;
  }

  list(path: string) {
    this.#access();
    const entry = this.#entry(path);
    return entry?.kind === 'folder' ? [...entry.names.keys()].sort() : [];
  }

  makeFolder(path: string) {
    for (const at of ancestors(path)) {
      if (this.#entry(at)?.kind === 'folder') continue;
      if (this.#entry(at)?.kind === 'file') {
        throw systemError(at === path ? 'EEXIST' : 'ENOTDIR', at);
      }
      this.#change('makeFolder', at);
      this.#folder(dirname(at)).names.set(basename(at), this.#newFolder());
    }
  }

  remove(path: string) {
    const entry = this.#entry(path);
    if (entry === undefined) {
      this.#access();
      if (this.#isBelowFile(path)) throw systemError('ENOTDIR', path);
      return;
    }
    if (entry.kind === 'folder') for (const name of this.list(path)) this.remove(`${path}/${name}`);
    this.#change('remove', path);
    this.#folder(dirname(path)).names.delete(basename(path));
    if (entry.kind === 'file') this.#relink(entry, -1);
  }

  async discard(path: string) {
    this.remove(path);
  }

  rename(from: string, to: string) {
    this.#change('rename', from);
    const [source, target] = [this.#folder(dirname(from)), this.#folder(dirname(to))];
    const entry = this.#existing(from);
    const replaced = target.names.get(basename(to));
    if (replaced?.kind === 'folder') {
      throw systemError(from.startsWith(`${to}/`) ? 'ENOTEMPTY' : 'EISDIR', to);
    }
    // Two names of one file: POSIX has it that nothing happens.
    if (replaced === entry) return;
    if (replaced !== undefined) this.#relink(replaced, -1);
    target.names.set(basename(to), entry);
    source.names.delete(basename(from));
    if (entry.kind === 'file') this.#relink(entry, 0);
  }

  link(from: string, to: string) {
    this.#change('link', to);
    const entry = this.#existing(from);
    if (this.#entry(to) !== undefined) return false;
    this.#folder(dirname(to)).names.set(basename(to), entry);
    if (entry.kind === 'file') this.#relink(entry, 1);
    return true;
  }

  protect(path: string, isExecutable: boolean) {
    this.#change('protect', path);
    const entry = this.#existing(path);
    if (entry.kind === 'folder') return;
    entry.isExecutable = isExecutable;
    this.#relink(entry, 0);
  }

  write(path: string, content: string | Uint8Array) {
    const bytes = Buffer.from(content);
    // Opened, half written, written: a process may be killed between any two.
    for (const end of [0, bytes.length / 2, bytes.length]) {
      this.#change('write', path);
      this.#put(path, bytes.subarray(0, end));
    }
  }

  extend(path: string, text: string) {
    const before = this.read(path) ?? Buffer.alloc(0);
    for (const part of ['', text.slice(0, text.length / 2), text]) {
      this.#change('extend', path);
      this.#put(path, Buffer.concat([before, Buffer.from(part)]));
    }
  }

  async append(path: string, text: string) {
    const before = this.read(path) ?? Buffer.alloc(0);
    for (const part of [text.slice(0, text.length / 2), text]) {
      this.#change('append', path);
      this.#put(path, Buffer.concat([before, Buffer.from(part)]));
      await undefined;
    }
    this.syncNow(path);
  }

  async copy(from: string, to: string) {
    const entry = this.#existing(from);
    if (entry.kind === 'folder') throw systemError('EISDIR', from);
    const { data } = entry;
    for (const part of [data.subarray(0, data.length >> 1), data]) {
      this.#change('copy', to);
      this.#put(to, part);
      await undefined;
    }
  }

  readStream(path: string) {
    const data = this.read(path) ?? Buffer.alloc(0);
    const size = Math.min(this.chunk, data.length + 1);
    const count = Math.ceil(data.length / size);
    return Readable.from(
      Array.from({ length: count }, (_, i) => data.subarray(i * size, (i + 1) * size)),
    );
  }

  writeStream(path: string, isAdding = false) {
    this.#change('write', path);
    if (!isAdding) this.#put(path, Buffer.alloc(0));
    return new Writable({
      write: (chunk: Buffer, _, done) => {
        try {
          this.#change('write', path);
          this.#put(path, Buffer.concat([this.read(path) ?? Buffer.alloc(0), chunk]));
          done();
        } catch (error) {
          done(error as Error);
        }
      },
    });
  }

  async sync(path: string) {
    await undefined;
    this.syncNow(path);
  }

  syncNow(path: string) {
    this.#change('sync', path);
    const entry = this.#existing(path);
    if (entry.kind === 'file') entry.durable = entry.data;
    else entry.durable = new Map(entry.names);
  }

  async digest(path: string) {
    await undefined;
    this.#access();
    const entry = this.#existing(path);
    if (entry.kind === 'folder') throw systemError('EISDIR', path);
    return createHash('sha256').update(entry.data).digest('hex') as Digest;
  }

  /** Every access goes through here: after a stop there is none. */
  #access(): void {
    if (this.#stopped) throw new MachineStopped();
  }

  #change(operation: string, path: string): void {
    this.#access();
    this.changes += 1;
    const error = this.interfere(this.changes, operation, path);
    if (error === undefined) return;
    if (error instanceof MachineStopped) this.#stopped = true;
    throw error;
  }

  #put(path: string, data: Buffer): void {
    const folder = this.#folder(dirname(path));
    const before = folder.names.get(basename(path));
    if (before?.kind === 'folder') throw systemError('EISDIR', path);
    this.#time += 1;
    if (before !== undefined) {
      Object.assign(before, { data, mtime: this.#time, ctime: this.#time });
      return;
    }
    this.#ids += 1;
    folder.names.set(basename(path), {
      kind: 'file',
      data,
      durable: undefined,
      links: 1,
      mtime: this.#time,
      ctime: this.#time,
      isExecutable: false,
      id: this.#ids,
    });
  }

  #relink(file: File, by: number): void {
    this.#time += 1;
    file.links += by;
    file.ctime = this.#time;
  }

  #newFolder(): Folder {
    this.#ids += 1;
    return { kind: 'folder', names: new Map(), durable: new Map(), id: this.#ids };
  }

  #entry(path: string): Entry | undefined {
    let at: Entry | undefined = this.#root;
    for (const name of path.split('/')) {
      if (name !== '' && at !== undefined)
        at = at.kind === 'folder' ? at.names.get(name) : undefined;
    }
    return at;
  }

  #existing(path: string): Entry {
    const entry = this.#entry(path);
    if (entry !== undefined) return entry;
    throw systemError(this.#isBelowFile(path) ? 'ENOTDIR' : 'ENOENT', path);
  }

  #isBelowFile(path: string): boolean {
    return ancestors(path).some((above) => above !== path && this.#entry(above)?.kind === 'file');
  }

  #folder(path: string): Folder {
    const entry = this.#existing(path);
    if (entry.kind === 'folder') return entry;
    throw systemError('ENOTDIR', path);
  }
}

/** Size and times may last where the bytes did not: those are then zeros, or of another moment. */
function settleFile(file: File, choose: (below: number) => number): void {
  const { data, durable } = file;
  if (durable?.equals(data) === true) return;
  const old = durable ?? Buffer.alloc(0);
  // Adding to a file takes nothing from what it holds for good; writing over it may.
  const start = data.subarray(0, old.length).equals(old) ? old : Buffer.alloc(0);
  const added = data.subarray(start.length);
  const part = [added, added.subarray(0, added.length >> 1), Buffer.alloc(added.length)][choose(3)];
  file.data = start === old || choose(2) === 0 ? Buffer.concat([start, part]) : old;
  file.durable = file.data;
}

/** `/a`, `/a/b`, `/a/b/c` */
function ancestors(path: string): readonly string[] {
  const names = path.split('/').filter((name) => name !== '');
  return names.map((_, i) => `/${names.slice(0, i + 1).join('/')}`);
}

/** An error as the system throws it. */
export function systemError(code: string, path?: string): Error {
  return Object.assign(new Error(`${code}: ${path ?? ''}`), { code, ...(path ? { path } : {}) });
}
