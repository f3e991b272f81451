import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { claimCacheFolder } from '../core/cache-folder.ts';
import { type CodeSnapshot, setCurrentSnapshot } from './code.ts';
import { foldersUp } from './installation.ts';
import { type SnapshotRequest, takeSnapshot } from './snapshot.ts';
import { mapStacks } from './stack.ts';

/** The nearest folder upward from `start` that has a pipeline.yaml. */
export function findProjectRoot(start: string): string | undefined {
  return [...foldersUp(start)].find((folder) => existsSync(join(folder, 'pipeline.yaml')));
}

/**
 * Freezes the project's code for this process.
 * @throws {CodeError}
 * @throws {RunError} if the cache cannot be where it should
 */
export async function freezeCode(request: SnapshotRequest): Promise<CodeSnapshot> {
  claimCacheFolder(request.projectRoot);
  const snapshot = await takeSnapshot(request);
  setCurrentSnapshot(snapshot);
  mapStacks(snapshot);
  return snapshot;
}
