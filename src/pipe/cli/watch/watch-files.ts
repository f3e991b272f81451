import { basename, join } from 'node:path';
import { watch } from 'chokidar';

/** Edits of a project's sources, as they come. */
export interface Edits {
  /** Resolves after the next edit, or at once if one came since the last was told; false when closed. */
  next(): Promise<boolean>;
  close(): void;
}

/** @param quiet milliseconds without a further change, after which an edit counts as made */
export async function watchFiles(
  projectRoot: string,
  packageRoot: string,
  quiet: number,
): Promise<Edits> {
  const places = [
    join(projectRoot, 'pipeline.yaml'),
    join(projectRoot, 'package-lock.json'),
    join(projectRoot, 'stages'),
    join(packageRoot, 'src'),
  ];
  const watcher = watch(places, {
    ignoreInitial: true,
    // Editors write backups and swap files beside what they edit.
    ignored: (path) => /^[.#]|~$/.test(basename(path)),
  });
  let isPending = false;
  let isClosed = false;
  let tell: ((happened: boolean) => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  watcher.on('all', () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      isPending = tell === undefined;
      tell?.(true);
      tell = undefined;
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
        tell = resolve;
      });
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
      tell?.(false);
      tell = undefined;
      void watcher.close();
    },
  };
}
