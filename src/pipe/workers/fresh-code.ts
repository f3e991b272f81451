import { existsSync, linkSync, mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { join, posix } from 'node:path';

/** What Node looks for beside a module, without which it would not know what that is or what it imports. */
const BESIDE = [
  ['package.json', 'file'],
  ['contract.mjs', 'file'],
  ['node_modules', 'dir'],
] as const;

/** Where a worker process has the code that it runs. @param temporary folder of all that is private */
export function codeOfWorker(temporary: string, pid: number): string {
  return join(temporary, `${pid}.code`);
}

/**
 * Gives each instance modules that nothing has run yet. For Node a module is a path: the files of a stage are
 * linked once, and then moved for every instance.
 */
export class FreshCode {
  /** By module, where its files lie now. */
  readonly #folders = new Map<string, string>();
  #count = 0;

  /**
   * @param files paths in the snapshot
   * @param parent of the result; may not be there
   * @returns a folder that no module was loaded from
   */
  next(snapshot: string, module: string, files: readonly string[], parent: string): string {
    this.#count += 1;
    const folder = join(parent, String(this.#count));
    const last = this.#folders.get(module);
    if (last === undefined) link(snapshot, files, folder);
    else renameSync(last, folder);
    this.#folders.set(module, folder);
    return folder;
  }
}

function link(snapshot: string, files: readonly string[], folder: string): void {
  const folders = new Set(['.']);
  for (const file of files) {
    for (let at = posix.dirname(file); !folders.has(at); at = posix.dirname(at)) folders.add(at);
  }
  for (const at of [...folders].sort()) {
    mkdirSync(join(folder, at), { recursive: true });
    for (const [name, type] of BESIDE) {
      if (files.includes(posix.join(at, name))) continue;
      const path = join(snapshot, at, name);
      if (existsSync(path)) symlinkSync(path, join(folder, at, name), type);
    }
  }
  for (const file of files) linkSync(join(snapshot, file), join(folder, file));
}
