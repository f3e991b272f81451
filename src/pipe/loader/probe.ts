import { statSync } from 'node:fs';
import { sign } from './folder-store.mjs';

/** Milliseconds; a folder younger than this may change again without its time showing it. */
const RACY = 2_000;

/**
 * Signature of a file or a folder; empty if it is too young to tell or cannot be looked at, `null` if there is
 * none.
 */
export function probe(path: string): string | null {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return null;
    if (!stats.isDirectory()) return sign(path) ?? null;
    return Date.now() - stats.mtimeMs < RACY ? '' : `folder ${stats.mtimeMs}`;
  } catch {
    return '';
  }
}

/** Signature of a file; empty of one that cannot be looked at: reading it tells what is wrong with it. */
export function signAny(path: string): string | undefined {
  try {
    return sign(path);
  } catch {
    return '';
  }
}
