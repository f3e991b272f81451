import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { main as runCommand } from './cli/main.ts';
import type { CodeError } from './loader/code.ts';
import { mapStacks } from './loader/stack.ts';
import { findProjectRoot, freezeCode } from './loader/start.ts';

/**
 * The program `pipe`: freezes the code of the project that the working directory is in, then runs the command.
 *
 * @param argv arguments without node and the script
 * @returns the exit code
 */
export async function main(argv: readonly string[]): Promise<number> {
  mapStacks();
  const projectRoot = findProjectRoot(realpathSync(process.cwd()));
  if (projectRoot !== undefined) {
    try {
      // After an edit a worker will most likely be needed: what starts it is loaded while esbuild works.
      await freezeCode({ projectRoot, onEdit: () => void import('./project/project.ts') });
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'CodeError') throw error;
      return await printErrors(error as CodeError, projectRoot);
    }
  }
  return await runCommand(argv);
}

async function printErrors({ diagnostics }: CodeError, projectRoot: string): Promise<number> {
  const { formatDiagnostics } = await import('./core/diagnostic-format.ts');
  const sources: Record<string, string> = {};
  for (const { range } of diagnostics) {
    if (range) sources[range.file] ??= readFileSync(join(projectRoot, range.file), 'utf8');
  }
  console.error(formatDiagnostics(diagnostics, sources));
  // Wrong source is a mistake of the user's, a disk that cannot be written is not.
  return diagnostics.some(({ range }) => range !== undefined) ? 2 : 1;
}
