import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execaSync } from 'execa';

export const REPOSITORY = join(import.meta.dirname, '../..');

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/**
 * Builds the packages that are published and puts them into a project as npm does, without a network: what a
 * package declares is linked from the checkout, what it does not declare is missing.
 *
 * @returns folders of the installed packages
 */
export function installPackages(project: string): readonly string[] {
  const built = join(project, 'built');
  execaSync('node', [join(REPOSITORY, 'src/packages/build.mjs'), built]);
  const folders = ['pipe', 'engine'].map((name) => {
    const { stdout } = execaSync('npm', ['pack', '--silent', join(built, name)], { cwd: project });
    const folder = join(project, 'node_modules/@shatter', name);
    mkdirSync(folder, { recursive: true });
    execaSync('tar', ['-xzf', stdout.trim(), '-C', folder, '--strip-components=1'], {
      cwd: project,
    });
    return folder;
  });
  for (const folder of folders) {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
    for (const name of requiredBy(manifest)) linkPackage(project, name);
  }
  return folders;
}

export function linkPackage(project: string, name: string): void {
  const link = join(project, 'node_modules', name);
  if (existsSync(link)) return;
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(join(REPOSITORY, 'node_modules', name), link);
}

/** Prints what a program of the project prints. */
export function runProgram(project: string, code: string): string {
  writeFileSync(join(project, 'user.mjs'), code);
  const options = { cwd: project, stripFinalNewline: false } as const;
  return execaSync(process.execPath, ['user.mjs'], options).stdout;
}

function requiredBy(manifest: Manifest): readonly string[] {
  const { dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = manifest;
  const peers = Object.keys(peerDependencies);
  return [
    ...Object.keys(dependencies),
    ...peers.filter((name) => peerDependenciesMeta[name]?.optional !== true),
  ];
}
