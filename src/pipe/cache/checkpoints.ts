import { join } from 'node:path';
import type { ActionKey } from '../core/digest.ts';
import type { Cache } from './cache.ts';

/** The checkpoint of an instance that was interrupted: its next run resumes from it. */
export interface UnfinishedWork {
  /** Bytes. */
  readonly size: number;
  /** ISO time of the last of it. */
  readonly saved: string;
}

/** @returns `undefined` if there is nothing to resume from */
export function unfinishedWork({ disk, paths }: Cache, key: ActionKey): UnfinishedWork | undefined {
  const folder = paths.checkpoint(key);
  const files = disk.list(folder).flatMap((name) => disk.stat(join(folder, name)) ?? []);
  if (files.length === 0) return undefined;
  return {
    size: files.reduce((sum, { size }) => sum + size, 0),
    saved: new Date(Math.max(...files.map(({ modified }) => modified))).toISOString(),
  };
}
