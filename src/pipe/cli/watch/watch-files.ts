import { lstatSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { watch } from 'chokidar';
import { Paths } from '../../disk/paths.ts';
import type { CodeSnapshot } from '../../loader/code.ts';

/** Edits of a project's sources, as they come. */
export interface Edits {
  /** Resolves to true after the next edit, at once if there was one since the last; to false when closed. */
  next(): Promise<boolean>;
  /** Watches further files and folders, too. */
  add(paths: readonly string[]): void;
  close(): void;
}

/**
 * What to watch of a project: its stages, and whatever folder of the project or file outside has code that they
 * reach.
 */
export function watchedPaths({ projectRoot, files, locks }: CodeSnapshot): readonly string[] {
  const reached = [...Object.keys(files), ...Object.values(locks)].map((path) =>
    path.startsWith('../') ? path : path.split('/', 1)[0],
  );
  const usual = ['pipeline.yaml', 'package-lock.json', 'tsconfig.json', 'stages', 'src'];
  return [...new Set([...usual, ...reached])].map((path) => join(projectRoot, path));
}

/** @param quiet milliseconds without a further change after which an edit counts as complete */
export async function watchFiles(snapshot: CodeSnapshot, quiet: number): Promise<Edits> {
  const { artifacts, cache } = new Paths(snapshot.projectRoot);
  const asked = new Set(watchedPaths(snapshot));
  const watcher = watch([...asked], {
    ignoreInitial: true,
    ignored: (path) =>
      // A pattern for raw files may start from the root, where runs write.
      path === artifacts ||
      path === cache ||
      // Editors write backups and swap files beside what they edit.
      (/^[.#]|~$|^node_modules$/.test(basename(path)) && !asked.has(path)) ||
      isFolderLink(path),
  });
  let isPending = false;
  let isClosed = false;
  let resolveNext: ((happened: boolean) => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  watcher.on('all', () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      isPending = resolveNext === undefined;
      resolveNext?.(true);
      resolveNext = undefined;
    }, quiet);
  });
  await new Promise<void>((resolve) => {
    watcher.once('ready', () => resolve());
  });
  return {
    next() {
      if (isClosed) return Promise.resolve(false);
      if (isPending) {
        isPending = false;
        return Promise.resolve(true);
      }
      return new Promise((resolve) => {
        resolveNext = resolve;
      });
    },
    add(paths) {
      for (const path of paths) asked.add(path);
      watcher.add([...paths]);
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
      resolveNext?.(false);
      resolveNext = undefined;
      void watcher.close();
    },
  };
}

/** Such a link is not followed to source code, and may lead to the folder that it is in. */
function isFolderLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink() && !statSync(path).isFile();
  } catch {
    // Nothing there, or a link to itself.
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  }
}
