import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Failure } from './failure.ts';

/** Whether a stage wrote all of its outputs into its folder, and nothing else. */
export function inspectOutputs(
  folder: string,
  outputs: Readonly<Record<string, string>>,
): Failure | undefined {
  for (const [name, file] of Object.entries(outputs)) {
    const stats = lstatSync(join(folder, file), { throwIfNoEntry: false });
    if (stats?.isFile() === true) continue;
    const what = stats === undefined ? 'did not write' : 'wrote no regular file for';
    return {
      kind: 'missing-output',
      message: `the stage ended without an error but ${what} its output '${name}' (${file})`,
      hint: `write to context.outputs.${name} before run returns, and await all writing`,
    };
  }
  const declared = new Set(Object.values(outputs));
  const stray = readdirSync(folder).filter((file) => !declared.has(file));
  if (stray.length === 0) return undefined;
  const names = [...declared].join(', ') || 'none';
  return {
    kind: 'undeclared-output',
    message: `the stage wrote ${stray.map((file) => `'${file}'`).join(', ')}, which is not among its outputs (${names})`,
    hint: 'declare it in the contract, or put scratch files in the system folder for temporary files',
  };
}
