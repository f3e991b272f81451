import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, delimiter, dirname, join, relative } from 'node:path';
import { listSome } from '../../core/collections.ts';
import { EXIT, explainDiskFault, RunError } from '../../core/errors.ts';
import { findInstallation, PROGRAM_FOLDER } from '../../loader/installation.ts';
import { type ProjectParts, renderProjectSchema } from '../../pipeline/project-schema.ts';

/** What npm writes too: whatever is there stays. */
const KEPT = ['package.json'];

/** Its stages as `pipe schema --project` finds them: the schema itself has every key of the grammar too. */
const PARTS = 'schema-parts.json';
const SCHEMA = 'pipeline.schema.json';

/** npm leaves files of this name out of packages. */
const RENAMED: Readonly<Record<string, string>> = { gitignore: '.gitignore' };

/** A new project. */
export interface StartedProject {
  /** Paths of the files that were written. */
  readonly written: readonly string[];
  /** Packages that its stages import and its package.json does not name, as for `npm install`. */
  readonly missingPackages: readonly string[];
  readonly isInstalled: boolean;
  readonly hasPython: boolean;
}

/**
 * Writes a small pipeline into a folder, which is made if it is not there. Files that are there already are
 * never changed: one with other content stops it before anything is written.
 *
 * @throws {RunError}
 */
export function startProject(folder: string): StartedProject {
  const source = starterFolder();
  const files = filesOf(source);
  const inTheWay = files.filter((file) => !KEPT.includes(file.path) && isTaken(folder, file));
  if (inTheWay.length > 0) {
    const names = listSome(inTheWay.map(({ path }) => path));
    throw new RunError(
      `nothing was written: ${names} would be overwritten`,
      `move ${inTheWay.length === 1 ? 'it' : 'them'} away, or start in a new folder: npx pipe init my-study`,
      EXIT.usage,
    );
  }
  const written = writeAll(folder, files);
  const { dependencies } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
  return {
    written,
    missingPackages: missingFrom(join(folder, 'package.json'), Object.keys(dependencies)),
    isInstalled: existsSync(join(folder, 'node_modules/zod')),
    hasPython: isOnPath('python3'),
  };
}

/**
 * What to tell about a new project, line by line.
 * @param here the working directory
 */
export function describeStart(
  folder: string,
  here: string,
  { written, missingPackages, isInstalled, hasPython }: StartedProject,
): readonly string[] {
  const place = relative(here, folder);
  const what = written.length === 0 ? 'every file is there already' : listFiles(written);
  const steps = [
    ...(place === '' ? [] : [`cd ${/[^\w./-]/.test(place) ? `'${place}'` : place}`]),
    ...(missingPackages.length === 0
      ? isInstalled
        ? []
        : ['npm install']
      : [`npm install --save-exact ${missingPackages.join(' ')}`]),
    'npx pipe run',
  ];
  return [
    `${place === '' ? 'this folder' : place}: ${what}`,
    '',
    ...steps.map((step) => `  ${step}`),
    '',
    'README.md says what is what.',
    ...(hasPython
      ? []
      : ['note: there is no python3, which the stage fit of pipeline.yaml runs: install it first']),
  ];
}

interface StarterFile {
  /** In the new project. */
  readonly path: string;
  readonly content: Buffer;
}

/** Beside a published program, and in a checkout at its root. */
function starterFolder(): string {
  const own = join(PROGRAM_FOLDER, 'starter');
  return existsSync(own) ? own : join(findInstallation().root, 'starter');
}

function filesOf(source: string): readonly StarterFile[] {
  const names = (readdirSync(source, { recursive: true }) as string[]).sort();
  return names.flatMap((name) => {
    if (!lstatSync(join(source, name)).isFile()) return [];
    const content = readFileSync(join(source, name));
    if (name === PARTS) {
      const schema = renderProjectSchema(JSON.parse(content.toString('utf8')) as ProjectParts);
      return [{ path: SCHEMA, content: Buffer.from(schema) }];
    }
    return [{ path: join(dirname(name), RENAMED[basename(name)] ?? basename(name)), content }];
  });
}

/** Whether something else is in a file's place; a link in place of a folder may lead anywhere. */
function isTaken(folder: string, { path, content }: StarterFile): boolean {
  for (let above = dirname(path); above !== '.'; above = dirname(above)) {
    const stats = lstatSync(join(folder, above), { throwIfNoEntry: false });
    if (stats?.isDirectory() === false) return true;
  }
  const stats = lstatSync(join(folder, path), { throwIfNoEntry: false });
  if (stats === undefined) return false;
  return !stats.isFile() || !readFileSync(join(folder, path)).equals(content);
}

/** @returns what was not there */
function writeAll(folder: string, files: readonly StarterFile[]): readonly string[] {
  const written: string[] = [];
  try {
    // Last, because a folder that has it is a project.
    for (const { path, content } of files.toSorted((a, b) => rank(a) - rank(b))) {
      const target = join(folder, path);
      if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) continue;
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, content, { flag: 'wx' });
      written.push(path);
    }
  } catch (error) {
    for (const path of written) rmSync(join(folder, path), { force: true });
    throw explainDiskFault(error, `write to ${folder}`);
  }
  return written;
}

function rank({ path }: StarterFile): number {
  return path === 'pipeline.yaml' ? 1 : 0;
}

function missingFrom(manifest: string, names: readonly string[]): readonly string[] {
  let known: object;
  try {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(manifest, 'utf8'));
    known = { ...devDependencies, ...dependencies };
  } catch {
    return names;
  }
  return names.filter((name) => !Object.hasOwn(known, name));
}

function listFiles(files: readonly string[]): string {
  return `wrote ${files.toSorted().join(', ')}`;
}

function isOnPath(program: string): boolean {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.some((folder) => folder !== '' && existsSync(join(folder, program)));
}
