import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findInstallation, foldersUp } from './installation.ts';

/** The name by which stages import the contract. */
export const CONTRACT_PACKAGE = '@shatter/pipe';

/** Part of the action key of every stage that imports the contract: increase when its behaviour changes. */
export const CONTRACT_VERSION = '1';

/** Stands in for `@shatter/pipe` in projects that have not installed it; the same as src/pipe/index.ts. */
export const CONTRACT_CODE = 'export const defineStage = (stage) => stage;\n';

/** Where a project's packages are. */
export interface ProjectPackages {
  /** The folder with node_modules/ and package-lock.json: the project's own or one above it. */
  readonly root: string | undefined;
  /** The runner's node_modules/, for a project without any package. */
  readonly fallback: string | undefined;
  readonly hasContract: boolean;
}

export function findPackages(projectRoot: string): ProjectPackages {
  const folders = [...foldersUp(projectRoot)];
  const isInstalled = (name: string) =>
    folders.some((folder) => existsSync(join(folder, 'node_modules', name)));
  const own = folders.find(
    (folder) =>
      existsSync(join(folder, 'package-lock.json')) || existsSync(join(folder, 'node_modules')),
  );
  if (own !== undefined) {
    return { root: own, fallback: undefined, hasContract: isInstalled(CONTRACT_PACKAGE) };
  }
  const { root } = findInstallation();
  const fallback = join(root, 'node_modules');
  return {
    root,
    fallback: existsSync(fallback) ? fallback : undefined,
    hasContract: false,
  };
}
