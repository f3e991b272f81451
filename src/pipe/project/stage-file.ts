import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CodeSnapshot } from '../loader/code.ts';

/**
 * The default export of a file of stages/ that is no stage: a hook of the project.
 * @param name path in stages/, without `.ts`
 * @returns `undefined` if there is no such file
 * @throws whatever the file throws when it is loaded
 */
export async function loadStageFile(
  { files, folder }: CodeSnapshot,
  name: string,
): Promise<{ readonly exported: unknown } | undefined> {
  if (!Object.hasOwn(files, `stages/${name}.ts`)) return undefined;
  const url = pathToFileURL(join(folder, 'stages', `${name}.js`)).href;
  const module = (await import(url)) as { readonly default?: unknown };
  return { exported: module.default };
}
