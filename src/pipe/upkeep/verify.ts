import { join } from 'node:path';
import type { Cache } from '../cache/cache.ts';
import { assessAll, type CodeDigestOf } from '../current/assess.ts';
import { forgetLedgers } from '../current/ledger.ts';
import type { Instance } from '../pipeline/graph.ts';

/** A file whose content is not what its digest says. */
interface CorruptFile {
  /** Relative to the project. */
  readonly path: string;
  /** `damaged` is a blob; `altered` and `missing` are artifacts. */
  readonly problem: 'altered' | 'missing' | 'damaged';
}

/**
 * Reads every blob and every artifact of a current instance. Detects what file sizes and times cannot
 * show, such as a flipped bit.
 */
export async function verifyFiles(
  cache: Cache,
  instances: readonly Instance[],
  codeOf: CodeDigestOf,
): Promise<{ readonly checked: number; readonly corrupt: readonly CorruptFile[] }> {
  const corrupt: CorruptFile[] = [];
  let checked = 0;
  for (const digest of cache.blobs.list()) {
    checked += 1;
    if ((await cache.blobs.verify(digest)) === 'sound') continue;
    corrupt.push({ path: cache.paths.show(cache.paths.blob(digest)), problem: 'damaged' });
  }
  const assessments = await assessAll(cache, instances, codeOf);
  for (const instance of instances) {
    const assessment = assessments.get(instance.id);
    if (assessment === undefined || !('outputs' in assessment)) continue;
    for (const output of assessment.outputs) {
      checked += 1;
      const state = await cache.verify(instance, output);
      const path = cache.paths.show(cache.paths.artifact(instance, output.name));
      if (state !== 'sound') corrupt.push({ path, problem: state });
    }
  }
  return { checked, corrupt };
}

/**
 * Removes damaged blobs and makes the next run check artifacts by content, not by their times.
 * Requires the project's lock.
 */
export function discardDamaged({ disk, paths }: Cache, corrupt: readonly CorruptFile[]): void {
  for (const { path, problem } of corrupt) {
    if (problem === 'damaged') disk.remove(join(paths.root, path));
  }
  forgetLedgers(disk, paths);
}
