import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { main } from './cli/main.ts';
import type { CodeError } from './loader/code.ts';
import { PROGRAM_FOLDER } from './loader/installation.ts';
import { mapStacks } from './loader/stack.ts';
import { findProjectRoot, freezeCode } from './loader/start.ts';

/**
 * The program `pipe`: freezes the code of the project that the working directory is in, then runs the command.
 *
 * @param argv arguments without node and the script
 * @returns the exit code
 */
export async function runPipe(argv: readonly string[]): Promise<number> {
  mapStacks();
  const projectRoot = findProjectRoot(realpathSync(process.cwd()));
  let worker: Promise<EarlyWorker> | undefined;
  // After an edit a worker will be needed to say what the stage now is: it starts while esbuild works.
  const onEdit = () => {
    if (projectRoot !== undefined && argv[0] === 'run') worker = startWorker(projectRoot);
  };
  try {
    if (projectRoot !== undefined) await freezeCode({ projectRoot, onEdit });
    return await main(argv);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'CodeError') throw error;
    return await printErrors(error as CodeError, projectRoot ?? '');
  } finally {
    await (await worker)?.endIfUnused();
  }
}

interface EarlyWorker {
  endIfUnused(): Promise<void>;
}

async function startWorker(projectRoot: string): Promise<EarlyWorker> {
  const { endEarly, startEarly } = await import('./workers/pool.ts');
  startEarly(join(PROGRAM_FOLDER, 'worker.js'), projectRoot);
  return { endIfUnused: endEarly };
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
