import { setTimeout as delay } from 'node:timers/promises';
import type { OutputRecord } from '../cache/fingerprint.ts';
import { artifactDigest, manifestFile } from '../cache/tree.ts';
import { realDisk } from '../disk/disk.ts';
import { outputName } from '../pipeline/output-files.ts';
import type { Expected, Job } from '../workers/executor.ts';

/** Milliseconds: a network file system may show what was there up to a minute ago. */
const PATIENCE = 60_000;
const INTERVAL = 500;

/**
 * Waits until files can be seen as they were written elsewhere.
 * @returns the path of one that cannot, after a minute
 */
export async function whenVisible(
  files: readonly Expected[],
  signal?: AbortSignal,
): Promise<string | undefined> {
  const end = performance.now() + PATIENCE;
  for (const file of files) {
    while (!(await isVisible(file))) {
      if (performance.now() > end || signal?.aborted === true) return file.path;
      await delay(INTERVAL);
    }
  }
  return undefined;
}

async function isVisible({ path, digest }: Expected): Promise<boolean> {
  try {
    return (await artifactDigest(realDisk, path)) === digest;
  } catch {
    return false;
  }
}

/** The files that an attempt has made, and the manifests beside them. */
export function madeFiles(
  { folder, outputs }: Pick<Job, 'folder' | 'outputs'>,
  records: readonly OutputRecord[],
): readonly Expected[] {
  return records.flatMap(({ name, digest, tree }) => {
    const path = `${folder}/${outputName(outputs[name])}`;
    return [
      { path, digest },
      ...(tree === undefined ? [] : [{ path: manifestFile(path), digest }]),
    ];
  });
}
