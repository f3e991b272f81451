import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { explainDiskFault, RunError } from './errors.ts';

/** Names the project whose cache it is, in a cache that is not in the project's own `cache/`. */
const OWNER_FILE = 'project';

/** What a folder may hold and still count as empty: of the file system, and of a checkout of the runner. */
const NOBODYS = ['lost+found', 'runner'];

/** Names by which a cache from before it was moved is known. */
const SIGNS = ['actions.log', 'last-profile'];

/**
 * Where a project's cache is, with links resolved: the folder that `PIPE_CACHE_DIR` names, from the project's
 * root if it is relative, or `cache/`, which may be a link.
 *
 * @param root of the project, absolute
 */
export function cacheFolder(root: string): string {
  const named = namedFolder(root);
  return isElsewhere(root) ? realPath(named) : named;
}

/** Whether the cache is not a folder `cache/` of the project. */
export function isElsewhere(root: string): boolean {
  const named = namedFolder(root);
  return named !== join(root, 'cache') || lstatSync(named, QUIET)?.isSymbolicLink() === true;
}

/**
 * Refuses a place for the cache in which it could not work or would do harm, before anything is written
 * there. A folder that is used for the first time is claimed for the project.
 *
 * @throws {RunError}
 */
export function claimCacheFolder(root: string): void {
  if (!isElsewhere(root)) return;
  const folder = cacheFolder(root);
  const said = describe(root);
  refuseMisplaced(root, folder, said);
  try {
    if (statSync(folder, QUIET) === undefined) makeFolder(root, folder, said);
    if (!statSync(folder).isDirectory()) {
      throw new RunError(`${said} is not a folder`, 'name a folder, or move that file away');
    }
    const owner = readOwner(folder);
    if (owner === root) return;
    if (owner !== undefined && isProject(owner)) {
      const hint = `give each project a folder of its own; if that one no longer uses it, delete ${join(folder, OWNER_FILE)}`;
      throw new RunError(`${said} is the cache of another project, ${owner}`, hint);
    }
    if (owner === undefined) refuseForeign(folder, said);
    claim(root, folder, owner !== undefined);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const fault = code === undefined ? error : Object.assign(new Error(code), { code });
    throw explainDiskFault(fault, `keep the cache in ${said}`);
  }
}

const QUIET = { throwIfNoEntry: false } as const;

function namedFolder(root: string): string {
  return resolve(root, process.env.PIPE_CACHE_DIR || 'cache');
}

/** The place as the user gave it. */
function describe(root: string): string {
  const named = namedFolder(root);
  const real = realPath(named);
  const notes = [
    ...(process.env.PIPE_CACHE_DIR ? ['PIPE_CACHE_DIR'] : []),
    ...(real === named ? [] : [`leads to ${real}`]),
  ];
  return `${named} (${notes.join(', ')})`;
}

/** A path with links resolved, also if its last parts do not exist, or as far as links can be followed. */
function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    const above = dirname(path);
    return above === path ? path : join(realPath(above), basename(path));
  }
}

function refuseMisplaced(root: string, folder: string, said: string): void {
  if (isWithin(root, folder)) {
    throw new RunError(`${said} holds the project itself`, 'name a folder for the cache alone');
  }
  for (const name of ['artifacts', 'stages', 'src', 'node_modules', '.git']) {
    if (isWithin(folder, realPath(join(root, name)))) {
      const hint = 'name a folder elsewhere: its content is not for the cache';
      throw new RunError(`${said} is in ${name}/ of the project`, hint);
    }
  }
}

function isWithin(path: string, folder: string): boolean {
  return `${path}/`.startsWith(folder === '/' ? folder : `${folder}/`);
}

/** Only the last folder: a disk that is not mounted must not be taken for an empty one. */
function makeFolder(root: string, folder: string, said: string): void {
  const named = namedFolder(root);
  if (lstatSync(named, QUIET)?.isSymbolicLink() === true) {
    const target = resolve(dirname(named), readlinkSync(named));
    const hint = `mount its disk, make the folder (mkdir -p ${target}), or remove the link`;
    throw new RunError(`${named} is a link to ${target}, which does not exist`, hint);
  }
  if (!existsSync(dirname(folder))) {
    const hint = `mount its disk, or make the folder: mkdir -p ${folder}`;
    throw new RunError(`${said} is in a folder that does not exist`, hint);
  }
  mkdirSync(folder);
}

function readOwner(folder: string): string | undefined {
  try {
    return readFileSync(join(folder, OWNER_FILE), 'utf8').trimEnd();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function isProject(root: string): boolean {
  return existsSync(join(root, 'pipeline.yaml'));
}

/** What somebody keeps there could have the name of something that the cache clears. */
function refuseForeign(folder: string, said: string): void {
  const names = readdirSync(folder).filter((name) => !NOBODYS.includes(name));
  if (names.length === 0 || SIGNS.some((name) => names.includes(name))) return;
  const hint = `name an empty folder, or one that does not exist yet, such as ${join(folder, 'pipe-cache')}`;
  throw new RunError(`${said} holds files that are not a cache's, such as ${names[0]}`, hint);
}

/** A link appears with all its content, and for one of several processes alone. */
function claim(root: string, folder: string, isInherited: boolean): void {
  const path = join(folder, OWNER_FILE);
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, `${root}\n`);
    if (isInherited) rmSync(path, { force: true });
    linkSync(temporary, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && readOwner(folder) === root) return;
    if (code === 'ENOTSUP' || code === 'EOPNOTSUPP' || code === 'ENOSYS') {
      const hint = 'choose a folder on another file system';
      throw new RunError(
        `the file system of ${folder} has no hard links, by which runs are kept apart`,
        hint,
      );
    }
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}
