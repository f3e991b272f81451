import { dirname } from 'node:path';
import { RunError } from '../core/errors.ts';
import type { Disk } from './disk.ts';
import type { Paths } from './paths.ts';

/**
 * Refuses a path that leads out of the project through `..` or a symbolic link. A path that does not exist
 * yet is judged by the folder that it would be created in.
 *
 * @param root absolute
 * @throws {RunError}
 */
export function assertInside(disk: Disk, root: string, path: string): void {
  if (path !== root && !path.startsWith(`${root}/`)) throw leavesProject(path, path);
  if (path.includes('/../') || path.endsWith('/..')) throw leavesProject(path, path);
  for (let at = path; at !== dirname(at); at = dirname(at)) {
    // First, because what is not there costs an exception otherwise.
    if (disk.stat(at) === undefined) continue;
    const real = disk.real(at);
    // A dangling link: writing there would create the file wherever the link points to.
    if (real === undefined) throw leavesProject(at, 'nothing');
    // No link on the way: most are that simple.
    if (real === at && at.startsWith(`${root}/`)) return;
    const home = disk.real(root) ?? root;
    if (real === home || real.startsWith(`${home}/`)) return;
    throw leavesProject(at, real);
  }
}

/**
 * Refuses to work in a project if a folder that is written to or cleared lies outside of it and its cache.
 * @throws {RunError}
 */
export function assertContained(disk: Disk, paths: Paths): void {
  for (const folder of paths.folders) assertInside(disk, paths.homeOf(folder), folder);
}

function leavesProject(path: string, target: string): RunError {
  return new RunError(
    path === target
      ? `${path} is outside of the project`
      : `${path} leads out of the project, by a symbolic link to ${target}`,
    'put a real folder there; all of the cache can be kept elsewhere: PIPE_CACHE_DIR=FOLDER',
  );
}
