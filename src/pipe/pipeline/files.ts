import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '../core/diagnostic.ts';

export const PIPELINE_FILE = 'pipeline.yaml';

/** Where the stages of a group are declared, from the project's root; their code is beside it. */
export function groupFile(group: string): string {
  return `stages/${group}/group.yaml`;
}

/** The files that declare a project's pipeline. */
export interface PipelineFiles {
  readonly text: string;
  /** Text of every group file there is, by its path from the root; sorted. */
  readonly groups: Readonly<Record<string, string>>;
}

/** Reads them, or says why the pipeline file cannot be read. */
export function readPipelineFiles(root: string): PipelineFiles | Diagnostic {
  try {
    const text = readFileSync(join(root, PIPELINE_FILE), 'utf8');
    return { text, groups: readGroups(root) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') {
      const hint = 'run it inside a project, or write one: see docs/pipeline.md';
      return { message: `there is no ${PIPELINE_FILE} in ${root}`, hint };
    }
    const reasons: Readonly<Record<string, string>> = {
      EISDIR: 'it is a folder',
      EACCES: 'permission denied',
    };
    const reason = reasons[code ?? ''] ?? message;
    const hint = 'it must be a file that this user may read';
    return { message: `cannot read ${join(root, PIPELINE_FILE)}: ${reason}`, hint };
  }
}

/** Found by looking, not by parsing: an unchanged start must not parse any YAML. */
function readGroups(root: string): PipelineFiles['groups'] {
  const folders = attempt(() => readdirSync(join(root, 'stages'), { withFileTypes: true })) ?? [];
  const groups: Record<string, string> = {};
  for (const { name } of folders.filter((entry) => entry.isDirectory())) {
    const file = groupFile(name);
    const text = attempt(() => readFileSync(join(root, file), 'utf8'));
    if (text !== undefined) groups[file] = text;
  }
  return Object.fromEntries(Object.entries(groups).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A file that cannot be read is as good as missing: who declares the group is told so. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
