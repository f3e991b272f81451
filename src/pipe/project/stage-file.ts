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
  const file = `stages/${name}.ts`;
  if (!Object.hasOwn(files, file)) return undefined;
  const { output, refused } = files[file];
  const [fault] = refused;
  if (fault !== undefined) throw new Error(fault.message);
  const url = pathToFileURL(join(folder, output)).href;
  const module = (await import(url)) as { readonly default?: unknown };
  return { exported: module.default };
}
