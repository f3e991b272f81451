import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { foldersUp } from './installation.ts';

/** The name by which stages import the contract. */
export const CONTRACT_PACKAGE = '@shatter/pipe';

/** Part of the action key of every stage that imports the contract: increase when its behaviour changes. */
export const CONTRACT_VERSION = '1';

/** Stands in for `@shatter/pipe` in projects that have not installed it; the same as src/pipe/index.ts. */
export const CONTRACT_CODE = 'export const defineStage = (stage) => stage;\n';

/** Whether a project brings the contract itself. */
export function hasContract(projectRoot: string): boolean {
  const installed = join('node_modules', CONTRACT_PACKAGE);
  return [...foldersUp(projectRoot)].some((folder) => existsSync(join(folder, installed)));
}
