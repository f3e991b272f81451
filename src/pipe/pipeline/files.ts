import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '../core/diagnostic.ts';

export const PIPELINE_FILE = 'pipeline.yaml';

/** Path from the project's root of the file that declares a group; the group's code is beside it. */
export function groupFile(group: string): string {
  return `stages/${group}/group.yaml`;
}

/** The files that declare a project's pipeline. */
export interface PipelineFiles {
  readonly text: string;
  /** Text of every existing group file, by its path from the root; sorted. */
  readonly groups: Readonly<Record<string, string>>;
}

/** Reads the files; a diagnostic if the pipeline file cannot be read. */
export function readPipelineFiles(root: string): PipelineFiles | Diagnostic {
  try {
    const text = readFileSync(join(root, PIPELINE_FILE), 'utf8');
    return { text, groups: readGroups(root) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') {
      const hint = 'change to a project folder, or write one: npx pipe schema describes its keys';
      return { message: `there is no ${PIPELINE_FILE} in ${root}`, hint };
    }
    const reasons: Readonly<Record<string, string>> = {
      EISDIR: 'it is a folder',
      EACCES: 'permission denied',
    };
    const reason = reasons[code ?? ''] ?? message;
    const hint = 'make it a file that you can read';
    return { message: `cannot read ${join(root, PIPELINE_FILE)}: ${reason}`, hint };
  }
}

/** Lists folders instead of parsing `groups:`, since an unchanged pipeline must not parse any YAML. */
function readGroups(root: string): PipelineFiles['groups'] {
  const folders = tryTo(() => readdirSync(join(root, 'stages'), { withFileTypes: true })) ?? [];
  const groups: Record<string, string> = {};
  for (const { name } of folders.filter((entry) => entry.isDirectory())) {
    const file = groupFile(name);
    const text = tryTo(() => readFileSync(join(root, file), 'utf8'));
    if (text !== undefined) groups[file] = text;
  }
  return Object.fromEntries(Object.entries(groups).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** `undefined` on failure: a group without a readable file is reported where it is declared. */
function tryTo<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
