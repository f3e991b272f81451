import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { type CodeFile, type CodeSnapshot, GRAPHS_FILE, type PackageGraphs } from './code.ts';
import { isMissing, writeFolder } from './folder-store.mjs';
import { foldersUp } from './installation.ts';
import { CONTRACT_CODE, CONTRACT_PACKAGE } from './project-packages.ts';

/** A source file, with its output if it was transpiled just now. */
export interface ReadFile extends CodeFile {
  readonly fresh?: {
    /** `undefined` of what does not parse. */
    readonly content: Buffer | string | undefined;
    readonly map: string | undefined;
  };
}

interface Content {
  readonly snapshot: CodeSnapshot;
  readonly files: Readonly<Record<string, ReadFile>>;
  /** Folder of the former snapshot. */
  readonly before: string | undefined;
  readonly graphs: PackageGraphs;
  /** Types of the package.json files that decide about `.js` files, by folder from the project's root. */
  readonly scopes: Readonly<Record<string, string>>;
  readonly hasContract: boolean;
}

/** Whether the files of a snapshot are on disk. */
export function isComplete({ folder, files }: CodeSnapshot): boolean {
  const any = Object.values(files).find(({ refused }) => refused.length === 0);
  return existsSync(any === undefined ? folder : join(folder, any.output));
}

/**
 * Writes a snapshot. Files that did not change are hard links into the snapshot before it.
 *
 * @returns whether it could be written; it cannot if the former snapshot has just been pruned
 */
export function writeSnapshot(content: Content): boolean {
  const { snapshot, files, before, graphs } = content;
  return writeFolder(snapshot.folder, (temporary) => {
    const all = Object.values(files);
    for (const folder of new Set(all.map(({ output }) => dirname(output)))) {
      mkdirSync(join(temporary, folder), { recursive: true });
    }
    for (const { output, fresh, refused } of all) {
      const target = join(temporary, output);
      if (fresh !== undefined) {
        if (fresh.content !== undefined) writeFileSync(target, fresh.content);
        if (fresh.map !== undefined) writeFileSync(`${target}.map`, fresh.map);
        continue;
      }
      const source = join(before ?? temporary, output);
      if (!tryLink(source, target) && refused.length === 0) return false;
      tryLink(`${source}.map`, `${target}.map`);
    }
    writeFileSync(join(temporary, GRAPHS_FILE), JSON.stringify(graphs));
    writePackages(temporary, content);
    return true;
  });
}

/**
 * Lets Node find what a project has installed from wherever a file lies: a link to every node_modules that
 * is beside or above a file. The contract is there even where it is not installed, because a snapshot
 * is a package of its name to its own files.
 */
function writePackages(folder: string, { snapshot, files, scopes, hasContract }: Content): void {
  const { projectRoot } = snapshot;
  const contract = { name: CONTRACT_PACKAGE, exports: './contract.mjs' };
  const manifest = { ...(hasContract ? {} : contract), type: scopes['.'] ?? 'module' };
  for (const [scope, type] of Object.entries({ ...scopes, '.': manifest.type })) {
    const target = join(folder, outputFolder(scope));
    mkdirSync(target, { recursive: true });
    const content = scope === '.' ? manifest : { type };
    writeFileSync(join(target, 'package.json'), `${JSON.stringify(content)}\n`);
  }
  if (!hasContract) writeFileSync(join(folder, 'contract.mjs'), CONTRACT_CODE);
  const nearest = [...foldersUp(projectRoot)].find((at) => existsSync(join(at, 'node_modules')));
  if (nearest !== undefined) linkPackages(nearest, folder);
  const folders = new Set(Object.keys(files).flatMap((path) => foldersAbove(path)));
  for (const at of folders) linkPackages(join(projectRoot, at), join(folder, outputFolder(at)));
}

function linkPackages(from: string, to: string): void {
  const packages = join(from, 'node_modules');
  if (!existsSync(packages) || existsSync(join(to, 'node_modules'))) return;
  mkdirSync(to, { recursive: true });
  symlinkSync(realpathSync(packages), join(to, 'node_modules'), 'dir');
}

/** All folders above a path, without the project's root and what that is in. */
function foldersAbove(path: string): readonly string[] {
  const folder = posix.dirname(path);
  return folder === '.' || /(^|\/)\.\.$/.test(folder)
    ? folder === '.'
      ? []
      : [folder]
    : [folder, ...foldersAbove(folder)];
}

/** Where the files of a folder lie in a snapshot. */
function outputFolder(folder: string): string {
  return `${folder}/`.replace(/^(\.\.\/)+/, (up) => up.replaceAll('../', '_.._/'));
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch {
    // No such file, or a file system without hard links.
    try {
      writeFileSync(to, readFileSync(from));
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }
}
