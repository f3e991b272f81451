import { randomBytes } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Pack, pack } from 'tar-stream';
import { type Digest, digestFile, digestText } from '../core/digest.ts';
import type { Disk } from '../disk/disk.ts';
import { writeAtomically } from '../disk/write-atomically.ts';
import type { CodeSnapshot } from '../loader/code.ts';
import { foldersUp } from '../loader/installation.ts';
import type { RemoteFiles } from '../remote/remote-files.ts';

/** What an agent needs of the runner. */
const PROGRAMS = ['agent.js', 'worker.js', 'command-worker.js', 'package.json'];

interface CodeOptions {
  readonly disk: Disk;
  readonly files: RemoteFiles;
  readonly snapshot: CodeSnapshot;
  /** Of the runner's programs. */
  readonly programs: string;
  /** For what is packed, and for what was packed the last time. */
  readonly folder: string;
}

/**
 * Sends what runs on nodes that see nothing of this machine: the runner's programs with the project's code, and the
 * packages that this imports. Every path is below the root of an archive what it is here.
 *
 * @returns digests of the archives
 */
export async function sendCode(options: CodeOptions): Promise<readonly Digest[]> {
  const { snapshot, programs } = options;
  const code = [
    ...PROGRAMS.map((name) => join(programs, name)).filter((path) => existsSync(path)),
    ...contentOf(snapshot.folder),
    // By this a stage that looks for the project's root knows it.
    join(snapshot.projectRoot, 'pipeline.yaml'),
  ];
  return [await send(options, 'code', code), await send(options, 'packages', packagesOf(snapshot))];
}

async function send(
  { disk, files, folder }: CodeOptions,
  name: string,
  paths: readonly string[],
): Promise<Digest> {
  const about = paths.map((path) => {
    const { size, mtimeMs } = lstatSync(path);
    return [path, size, mtimeMs];
  });
  const key = digestText(JSON.stringify(about));
  const note = join(folder, `packed-${name}.json`);
  const [before, packed] = JSON.parse(disk.read(note)?.toString('utf8') ?? '[]');
  if (before === key && (await files.has(packed))) return packed;
  const archive = join(folder, `packed-${randomBytes(6).toString('hex')}.tmp`);
  try {
    disk.makeFolder(folder);
    const tar = pack();
    const written = pipeline(tar, createGzip({ level: 1 }), disk.writeStream(archive));
    const added = addAll(tar, disk, paths);
    added.catch((error: Error) => tar.destroy(error));
    await Promise.all([added, written]);
    const digest = await digestFile(archive);
    await files.putFile(archive, digest);
    writeAtomically(disk, note, JSON.stringify([key, digest]));
    return digest;
  } finally {
    disk.remove(archive);
  }
}

async function addAll(tar: Pack, disk: Disk, paths: readonly string[]): Promise<void> {
  // The same bytes for the same files.
  const mtime = new Date(0);
  for (const path of paths) {
    const stats = lstatSync(path);
    const name = path.slice(1);
    if (stats.isSymbolicLink()) {
      // To the same place in the archive.
      const linked = resolve(dirname(path), readlinkSync(path));
      const linkname = relative(dirname(path), linked);
      tar.entry({ name, type: 'symlink', linkname, mtime });
      continue;
    }
    const mode = (stats.mode & 0o100) === 0 ? 0o644 : 0o755;
    await pipeline(disk.readStream(path), tar.entry({ name, size: stats.size, mode, mtime }));
  }
  tar.finalize();
}

/** Files and links below a folder, sorted; without packages, which are followed by themselves. */
function contentOf(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry): readonly string[] => {
      const path = join(folder, entry.name);
      if (entry.isSymbolicLink()) return [path];
      if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : contentOf(path);
      return entry.isFile() ? [path] : [];
    });
}

/**
 * All files of the packages that a project's code imports, and of what these need, as they are installed: but for
 * source maps, a third of some packages, which nothing that runs reads.
 */
function packagesOf({ projectRoot, files }: CodeSnapshot): readonly string[] {
  const found = new Set<string>();
  const links = new Set<string>();
  const open: (readonly [name: string, from: string])[] = Object.entries(files).flatMap(
    ([path, { packages, optional }]) =>
      [...packages, ...optional].map((name) => [name, join(projectRoot, dirname(path))] as const),
  );
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const path = findPackage(...next);
    if (path === undefined) continue;
    const real = realpathSync(path);
    if (real !== path) links.add(path);
    if (found.has(real)) continue;
    found.add(real);
    const manifest = readManifest(real);
    const needed = ['dependencies', 'optionalDependencies', 'peerDependencies'] as const;
    for (const name of needed.flatMap((key) => Object.keys(manifest[key] ?? {}))) {
      open.push([name, real]);
    }
  }
  const contents = [...found].flatMap(contentOf).filter((path) => !path.endsWith('.map'));
  return [...links, ...contents].sort();
}

/** What is installed for whoever imports it in a folder. */
function findPackage(name: string, from: string): string | undefined {
  for (const at of foldersUp(from)) {
    const folder = join(at, 'node_modules');
    if (existsSync(join(folder, name))) return join(realpathSync(folder), name);
  }
  return undefined;
}

type Manifest = Readonly<Record<string, Readonly<Record<string, string>> | undefined>>;

function readManifest(folder: string): Manifest {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  } catch {
    return {};
  }
}
